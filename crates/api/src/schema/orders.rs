//! Orders.

use serde::Serialize;
use utoipa::ToSchema;

use super::amount;

/// A new order. Further members are kept as they are; `status`, `orderTime` and `userId` are ignored.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "orderId": "order-1001", "restaurantId": 7, "totalAmount": 24.5,
    "orderItems": [{"id": 3, "name": "Margherita", "price": 12.25, "quantity": 2}]
})))]
pub(crate) struct NewOrder {
    /// The client's own; repeating it returns the first response.
    #[serde(rename = "orderId")]
    #[schema(min_length = 1, max_length = 255)]
    order_id: String,
    #[serde(rename = "restaurantId")]
    restaurant_id: i64,
    /// Need not equal the items' sum.
    #[serde(rename = "totalAmount")]
    #[schema(schema_with = amount)]
    total: (),
    #[serde(rename = "orderItems")]
    #[schema(min_items = 1, max_items = 500)]
    order_items: Vec<OrderItem>,
}

/// What replaces an order. `orderId` is the path's; `status`, `orderTime` and `userId` stay.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "restaurantId": 7, "totalAmount": 12.25, "orderItems": [{"id": 3, "name": "Margherita", "price": 12.25, "quantity": 1}]
})))]
pub(crate) struct OrderRequest {
    #[serde(rename = "restaurantId")]
    restaurant_id: i64,
    /// Need not equal the items' sum.
    #[serde(rename = "totalAmount")]
    #[schema(schema_with = amount)]
    total: (),
    #[serde(rename = "orderItems")]
    #[schema(min_items = 1, max_items = 500)]
    order_items: Vec<OrderItem>,
}

/// A position of an order.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"id": 3, "name": "Margherita", "price": 12.25, "quantity": 2})))]
pub(crate) struct OrderItem {
    id: i64,
    #[schema(min_length = 1, max_length = 256)]
    name: String,
    #[schema(schema_with = amount)]
    price: (),
    #[schema(minimum = 1)]
    quantity: i64,
}

/// An order. One that another program stored may lack members.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "orderId": "order-1001", "userId": "6f9619ff-8b86-4d11-b42d-00cf4fc964ff", "status": "PLACED",
    "orderTime": "2027-01-15T09:30:00Z", "restaurantId": 7, "totalAmount": 24.5,
    "orderItems": [{"id": 3, "name": "Margherita", "price": 12.25, "quantity": 2}]
})))]
pub(crate) struct Order {
    #[serde(rename = "orderId")]
    order_id: String,
    #[serde(rename = "userId")]
    #[schema(required = false)]
    user_id: String,
    /// PLACED, ACKNOWLEDGED or CANCELED.
    #[schema(required = false)]
    status: String,
    /// When it was placed (RFC 3339).
    #[serde(rename = "orderTime")]
    #[schema(required = false, format = "date-time")]
    order_time: String,
    #[serde(rename = "restaurantId")]
    #[schema(required = false)]
    restaurant_id: i64,
    #[serde(rename = "totalAmount")]
    #[schema(required = false, schema_with = amount)]
    total: (),
    #[serde(rename = "orderItems")]
    #[schema(required = false)]
    order_items: Vec<OrderItem>,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderPage {
    orders: Vec<Order>,
    /// Send it as `cursor` for the next page; absent when nothing follows.
    #[serde(rename = "nextCursor")]
    #[schema(required = false)]
    next_cursor: String,
}
