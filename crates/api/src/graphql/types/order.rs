//! Orders.

use async_graphql::{ComplexObject, ID, InputObject, InputType, SimpleObject};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Shown, readable};
use crate::graphql::cost;
use crate::graphql::scalars::{DateTime, Decimal, Json, Long, to_json};
use crate::problem::Problem;

/// An order. One that another program stored may lack members.
#[derive(Default, Deserialize, SimpleObject)]
#[serde(default, rename_all = "camelCase")]
#[graphql(complex)]
pub(in crate::graphql) struct Order {
    /// The client's identifier.
    #[serde(deserialize_with = "readable")]
    order_id: Option<ID>,
    /// Whose it is.
    #[serde(deserialize_with = "readable")]
    user_id: Option<ID>,
    /// PLACED, ACKNOWLEDGED or CANCELED.
    #[serde(deserialize_with = "readable")]
    status: Option<String>,
    /// When it was placed.
    #[serde(deserialize_with = "readable")]
    order_time: Option<DateTime>,
    /// Where it was placed.
    #[serde(deserialize_with = "readable")]
    restaurant_id: Option<Long>,
    /// The sum; it need not equal the items' sum.
    #[serde(deserialize_with = "readable")]
    total_amount: Option<Decimal>,
    #[serde(deserialize_with = "readable")]
    #[graphql(skip)]
    order_items: Option<Vec<OrderItem>>,
    /// Its version, for `ifVersion`; lists do not have it.
    #[serde(skip)]
    version: Option<Long>,
    #[serde(skip)]
    #[graphql(skip)]
    text: String,
}

impl Shown for Order {
    fn keep(&mut self, text: String, version: Option<Long>) {
        (self.text, self.version) = (text, version);
    }
}

#[ComplexObject]
impl Order {
    /// Its positions.
    #[graphql(complexity = "cost::list(child_complexity)")]
    async fn order_items(&self) -> &[OrderItem] {
        self.order_items.as_deref().unwrap_or_default()
    }

    /// All of it, the client's further members too, as the REST interface has it.
    #[graphql(complexity = "cost::DOCUMENT")]
    async fn body(&self) -> Result<Json, Box<Problem>> {
        super::read(&self.text).map(Json)
    }
}

/// A position of an order.
#[derive(Default, Deserialize, SimpleObject)]
#[serde(default)]
pub(in crate::graphql) struct OrderItem {
    /// What.
    #[serde(deserialize_with = "readable")]
    id: Option<Long>,
    /// Its name.
    #[serde(deserialize_with = "readable")]
    name: Option<String>,
    /// The price of one.
    #[serde(deserialize_with = "readable")]
    price: Option<Decimal>,
    /// How many.
    #[serde(deserialize_with = "readable")]
    quantity: Option<Long>,
}

/// A page of orders.
#[derive(SimpleObject)]
pub(in crate::graphql) struct OrderPage {
    pub(in crate::graphql) items: Vec<Order>,
    /// The `cursor` of the next page; null when nothing follows.
    pub(in crate::graphql) next_cursor: Option<String>,
}

/// What is ordered.
#[derive(InputObject)]
pub(in crate::graphql) struct OrderInput {
    /// Where.
    restaurant_id: Long,
    /// The sum; it need not equal the items' sum.
    total_amount: Decimal,
    /// One to 500 positions.
    order_items: Vec<OrderItemInput>,
    /// Further members, kept as they are.
    more: Option<Json>,
}

/// A position.
#[derive(InputObject)]
struct OrderItemInput {
    /// What.
    id: Long,
    /// Its name.
    name: String,
    /// The price of one.
    price: Decimal,
    /// How many.
    quantity: Long,
}

impl OrderInput {
    /// The body of the REST request for the same.
    pub(in crate::graphql) fn body(self, order_id: Option<ID>) -> Result<Map<String, Value>, Box<Problem>> {
        let amount = |amount: &Decimal| Value::Number(amount.0.clone());
        let total = amount(&self.total_amount);
        let prices: Vec<Value> = self.order_items.iter().map(|item| amount(&item.price)).collect();
        let mut body = to_json(self.to_value());
        // A decimal is shown as a string; the REST interface takes a number.
        if let Some(place) = body.get_mut("totalAmount") {
            *place = total;
        }
        let items = body.get_mut("orderItems").and_then(Value::as_array_mut);
        for (item, price) in items.into_iter().flatten().zip(prices) {
            if let Some(place) = item.get_mut("price") {
                *place = price;
            }
        }
        if let (Some(order_id), Some(members)) = (order_id, body.as_object_mut()) {
            members.insert("orderId".to_owned(), order_id.0.into());
        }
        super::super::session::body(body)
    }
}
