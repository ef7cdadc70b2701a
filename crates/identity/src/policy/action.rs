//! What a caller can ask to do: one action for each operation of the interface, named as in the schema.

/// Declares the actions once, for the type, its names and the list of all.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// What a caller asks to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The action's name in policies.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

actions! {
    /// List all profiles.
    ListUsers,
    /// Create a profile.
    CreateUser,
    /// See a profile.
    GetUser,
    /// Replace a profile.
    PutUser,
    /// Delete a profile.
    DeleteUser,
    /// Place an order.
    CreateOrder,
    /// List one's orders.
    ListOrders,
    /// See an order.
    GetOrder,
    /// Replace an order.
    PutOrder,
    /// Cancel an order.
    CancelOrder,
    /// Acknowledge a user's order.
    AcknowledgeOrder,
    /// Ask for a booking that is made later.
    RequestBooking,
    /// See how far one's request has come.
    GetBookingRequest,
    /// See how far anybody's request has come.
    ViewBookingRequests,
    /// Have changes pushed, each kind as far as one may see it.
    OpenPush,
    /// List any user's orders.
    ListUserOrders,
    /// List locations.
    ListLocations,
    /// Create or replace a location.
    PutLocation,
    /// See a location.
    GetLocation,
    /// Delete a location.
    DeleteLocation,
    /// List a location's resources.
    ListResources,
    /// Create or replace a resource.
    PutResource,
    /// See a resource.
    GetResource,
    /// Delete a resource.
    DeleteResource,
    /// List a resource's bookings.
    ListResourceBookings,
    /// See all of a booking in such a list, not only when it is.
    ViewBookingDetails,
    /// See when a resource is free.
    GetAvailability,
    /// Search for free resources.
    SearchAvailability,
    /// List a user's bookings.
    ListUserBookings,
    /// Book or reschedule.
    PutBooking,
    /// See a booking.
    GetBooking,
    /// Cancel a booking.
    CancelBooking,
    /// Confirm a booking that is held.
    ConfirmBooking,
    /// Check in to a booking.
    CheckInBooking,
    /// Approve a booking that waits for it.
    ApproveBooking,
    /// Decline a booking that waits for approval.
    DeclineBooking,
    /// Work on the operator's own tables.
    OperateTable,
    /// Search in events.
    SearchEvents,
    /// Not be bound by soft rules (notice, horizon, hours, quota, cancellation window, approval).
    PassSoftRules,
}
