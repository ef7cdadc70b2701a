//! Orders: placed by a user, canceled by that user for ten minutes, acknowledged by an administrator.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::fields::Fields;
use crate::limits::{ID_BYTES, NAME_BYTES, ORDER_CANCEL_SECONDS, ORDER_ITEMS};
use crate::refusal::{Kind, Refusal};
use crate::{id, json, time};

/// The status of an order that may still be changed.
pub const PLACED: &str = "PLACED";
/// The status of an order that an administrator took on.
pub const ACKNOWLEDGED: &str = "ACKNOWLEDGED";
/// The status of an order that its owner canceled.
pub const CANCELED: &str = "CANCELED";

/// What a client orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    #[serde(rename = "restaurantId")]
    restaurant_id: i64,
    /// The sum, in whatever currency the client means; it need not equal the items' sum.
    #[serde(rename = "totalAmount")]
    pub total_amount: Number,
    #[serde(rename = "orderItems")]
    order_items: Vec<Position>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// One position of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Position {
    id: i64,
    name: String,
    price: Number,
    quantity: i64,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// An order as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Order<'a> {
    #[serde(rename = "orderId")]
    order_id: &'a str,
    #[serde(rename = "userId")]
    user_id: &'a str,
    status: &'a str,
    #[serde(rename = "orderTime")]
    order_time: String,
    #[serde(flatten)]
    request: &'a Request,
}

/// An order as it is stored: `{userId, orderId, data}`. Another program may have written it, so `data` is taken as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Whose it is.
    #[serde(rename = "userId")]
    pub user_id: String,
    /// Its identifier.
    #[serde(rename = "orderId")]
    pub order_id: String,
    /// The order.
    pub data: Map<String, Value>,
}

impl Request {
    /// Reads a client's body. `path_id` is the path's identifier on PUT; on POST the body's `orderId` is required.
    pub fn parse(members: Map<String, Value>, path_id: Option<&str>) -> Result<(String, Self), Refusal> {
        let mut fields = Fields::new(members);
        fields.ignore(&["status", "orderTime", "userId"]);
        let order_id = if let Some(path_id) = path_id {
            fields.ignore(&["orderId"]);
            path_id.to_owned()
        } else {
            let chosen = fields.required_text("orderId", ID_BYTES);
            if let Some(detail) = id::wrong(&chosen).filter(|_| !chosen.is_empty()) {
                fields.wrong("orderId", detail);
            }
            chosen
        };
        let restaurant_id = fields.required_integer("restaurantId", i64::MIN..=i64::MAX);
        let total_amount = fields.required_amount("totalAmount");
        let order_items = positions(&mut fields);
        Ok((order_id, Self { restaurant_id, total_amount, order_items, more: fields.finish()? }))
    }

    /// The order as it is placed.
    pub fn place<'a>(&'a self, user_id: &'a str, order_id: &'a str, now: Timestamp) -> Order<'a> {
        Order { order_id, user_id, status: PLACED, order_time: time::timestamp_seconds(now), request: self }
    }
}

fn positions(fields: &mut Fields) -> Vec<Position> {
    let items = match fields.take("orderItems") {
        Some(Value::Array(items)) if (1..=ORDER_ITEMS).contains(&items.len()) => items,
        None => {
            fields.wrong("orderItems", "is required");
            return Vec::new();
        }
        Some(_) => {
            fields.wrong("orderItems", format!("must be an array of 1 to {ORDER_ITEMS} items"));
            return Vec::new();
        }
    };
    let mut positions = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let base = format!("/orderItems/{index}");
        match item {
            Value::Object(members) => {
                let (position, errors) = Position::read(Fields::at(base, members));
                fields.wrong_all(errors);
                positions.push(position);
            }
            other => {
                let detail = format!("must be an object, not {}", json::kind(&other));
                fields.wrong_all(vec![crate::Problem { pointer: base, detail }]);
            }
        }
    }
    positions
}

impl Position {
    fn read(mut fields: Fields) -> (Self, Vec<crate::Problem>) {
        let id = fields.required_integer("id", i64::MIN..=i64::MAX);
        let name = fields.required_text("name", NAME_BYTES);
        let price = fields.required_amount("price");
        let quantity = fields.required_integer("quantity", 1..=i64::MAX);
        let (more, errors) = fields.into_parts();
        (Self { id, name, price, quantity, more }, errors)
    }
}

impl Stored {
    /// Where the order stands; an order without a status counts as placed.
    pub fn status(&self) -> &str {
        self.data.get("status").and_then(Value::as_str).unwrap_or(PLACED)
    }

    /// Replaces what was ordered; the server's members stay.
    pub fn replace(&self, request: &Request) -> Result<Map<String, Value>, Refusal> {
        self.check_placed("replaced")?;
        let mut data = object(request);
        for kept in ["status", "orderTime", "userId", "orderId"] {
            if let Some(value) = self.data.get(kept) {
                data.insert(kept.to_owned(), value.clone());
            }
        }
        Ok(data)
    }

    /// Cancels the order, which its owner may do for [`ORDER_CANCEL_SECONDS`].
    pub fn cancel(&self, now: Timestamp) -> Result<Map<String, Value>, Refusal> {
        self.check_placed("canceled")?;
        let placed = self.data.get("orderTime").and_then(Value::as_str).and_then(|time| time.parse::<Timestamp>().ok());
        let age = placed.map_or(i64::MAX, |placed| now.as_second().saturating_sub(placed.as_second()));
        if age >= ORDER_CANCEL_SECONDS {
            let minutes = ORDER_CANCEL_SECONDS.div_euclid(time::MINUTE_SECONDS);
            let detail = format!("An order can be canceled within {minutes} minutes of its `orderTime`.");
            return Err(Refusal::new(Kind::Invalid, "order-too-old", detail));
        }
        Ok(self.with_status(CANCELED))
    }

    /// Takes the order on.
    pub fn acknowledge(&self) -> Result<Map<String, Value>, Refusal> {
        self.check_placed("acknowledged")?;
        Ok(self.with_status(ACKNOWLEDGED))
    }

    fn with_status(&self, status: &str) -> Map<String, Value> {
        let mut data = self.data.clone();
        data.insert("status".to_owned(), Value::String(status.to_owned()));
        data
    }

    fn check_placed(&self, what: &str) -> Result<(), Refusal> {
        let status = self.status();
        if status == PLACED {
            return Ok(());
        }
        let detail = format!("Only an order with status PLACED can be {what}; this one is {status}.");
        Err(Refusal::new(Kind::Invalid, "order-not-placed", detail))
    }
}

/// A value that serialises to an object, as that object.
pub fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
