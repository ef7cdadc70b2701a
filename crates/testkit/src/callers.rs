//! Who calls: nobody in particular, a user, an administrator.

use std::ops::Deref;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Call, Cognito, Http};

/// The table of table operations that there is by default; its key is `id`.
pub const TABLE: &str = "lambda-apigateway";

/// One who sends requests. `{me}` in a path stands for the caller's `sub`.
pub trait Caller {
    /// Where to.
    fn http(&self) -> &Http;

    /// The token to send, and whose it is.
    fn signed_in(&self) -> Option<(&str, &str)>;

    /// A request by this caller.
    fn call(&self, method: Method, path: &str) -> Call {
        match self.signed_in() {
            Some((sub, token)) => self.http().call(method, &path.replace("{me}", sub)).authorization(token),
            None => self.http().call(method, path),
        }
    }

    /// GET.
    fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// PUT of a JSON document.
    fn put(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PUT, path).json(body)
    }

    /// POST of a JSON document.
    fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// DELETE.
    fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// A GraphQL request.
    fn graphql(&self, document: &str, variables: &Value) -> Call {
        self.post("/graphql", &json!({"query": document, "variables": variables}))
    }

    /// A table operation on the default table, [`TABLE`].
    fn operate(&self, operation: &str, payload: &Value) -> Call {
        self.event(&json!({"operation": operation, "tableName": TABLE, "payload": payload}))
    }

    /// Any event of table operations.
    fn event(&self, event: &Value) -> Call {
        self.post("/DynamoDBManager", event)
    }
}

/// One who sends no token.
#[derive(Clone, Debug)]
pub struct Anonymous {
    /// Where to.
    pub http: Http,
}

/// What a user got for a password.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The ID token.
    pub id: String,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

/// A signed-in user, who sends the ID token.
#[derive(Clone, Debug)]
pub struct User {
    /// Where to.
    pub http: Http,
    /// The user's identifier everywhere.
    pub sub: String,
    /// The username.
    pub email: String,
    /// The password.
    pub password: String,
    /// The tokens of the last sign-in.
    pub tokens: Tokens,
}

/// A member of the administrators' group.
#[derive(Clone, Debug)]
pub struct Admin(pub User);

impl Caller for Anonymous {
    fn http(&self) -> &Http {
        &self.http
    }

    fn signed_in(&self) -> Option<(&str, &str)> {
        None
    }
}

impl Caller for User {
    fn http(&self) -> &Http {
        &self.http
    }

    fn signed_in(&self) -> Option<(&str, &str)> {
        Some((&self.sub, &self.tokens.id))
    }
}

impl Caller for Admin {
    fn http(&self) -> &Http {
        self.0.http()
    }

    fn signed_in(&self) -> Option<(&str, &str)> {
        self.0.signed_in()
    }
}

impl Deref for Admin {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}

impl User {
    /// The same user with new tokens.
    pub async fn signed_in_again(&self, cognito: &Cognito) -> Self {
        cognito.signed_in(self.sub.clone(), &self.email, &self.password).await
    }

    /// The path of this user, or of something of theirs.
    pub fn path(&self, rest: &str) -> String {
        format!("/users/{}{rest}", self.sub)
    }

    /// Books a resource under an id: from `start` (epoch seconds) for so many minutes.
    pub fn book(&self, booking: &str, resource: &str, start: i64, minutes: i64) -> Call {
        self.put(&self.path(&format!("/bookings/{booking}")), &booking_of(resource, start, minutes))
    }

    /// Cancels a booking.
    pub fn cancel(&self, booking: &str) -> Call {
        self.delete(&self.path(&format!("/bookings/{booking}")))
    }

    /// Places an order of one soup.
    pub fn order(&self, order: &str) -> Call {
        self.post("/orders", &order_of(order))
    }
}

impl Admin {
    /// Opens a location under an id.
    pub async fn location(&self, location: &str) {
        self.put(&format!("/locations/{location}"), &json!({"name": location})).await.expect(201);
    }

    /// Adds a resource of so many units to a location, which is opened if need be.
    pub async fn resource(&self, location: &str, resource: &str, capacity: i64) {
        self.location(location).await;
        let body = json!({"name": resource, "type": "room", "capacity": capacity});
        self.put(&format!("/locations/{location}/resources/{resource}"), &body).await.expect(201);
    }
}

/// The body of a booking.
pub fn booking_of(resource: &str, start: i64, minutes: i64) -> Value {
    json!({"resourceID": resource, "starttimeepochtime": start, "durationMinutes": minutes})
}

/// The body of an order of one soup.
pub fn order_of(order: &str) -> Value {
    let soup = json!({"id": 7, "name": "Soup", "price": 10.7, "quantity": 2});
    json!({"orderId": order, "restaurantId": 1, "totalAmount": 21.4, "orderItems": [soup]})
}
