//! String enums for the OpenAPI description. Each list comes from the type that defines the values.

use crate::poll::close_up::CloseUpStatus;
use muster_store as store;
use muster_wire::catalogue::Kind;

/// A type that describes a string that is one of some values.
macro_rules! codes {
    ($($(#[$about:meta])* $name:ident = $values:expr;)+) => {$(
        $(#[$about])*
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, Type};
                let schema = ObjectBuilder::new().schema_type(Type::String);
                schema.enum_values(Some($values.iter().copied())).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

pub(super) use codes;

codes! {
    /// Whether a computer answers.
    Status = [store::Status::Online.as_str(), store::Status::Offline.as_str()];
    /// What an account may do.
    Role = [store::Role::Administrator.as_str(), store::Role::Viewer.as_str()];
    /// What a token may do.
    TokenAccess = [store::TokenAccess::Read.as_str(), store::TokenAccess::Full.as_str()];
    /// Whether a series goes up and down, or only grows.
    SeriesKind = [Kind::Gauge.as_str(), Kind::Counter.as_str()];
    /// Whether a computer is polled each second, or why it is not.
    CloseUpState = [
        CloseUpStatus::Reading.as_str(),
        CloseUpStatus::Busy.as_str(),
        CloseUpStatus::Slow.as_str(),
        CloseUpStatus::Down.as_str(),
        CloseUpStatus::OldAgent.as_str(),
    ];
}
