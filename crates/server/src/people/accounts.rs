//! Authentication: passwords, sessions, tokens, login throttling, and the first account.

mod first;
mod password;
mod session;
mod throttle;
mod token;

pub use first::{DEFAULT_PASSWORD, DEFAULT_USERNAME, ensure_first_account};
pub use password::{Busy, PasswordError, Passwords, Verdict, check_new_password, clean_username};
pub use session::{
    COOKIE, IDLE_MS, SessionId, SessionKeys, clear_cookie, encode_hex, load_secret_key,
};
pub use throttle::{Attempt, Throttle, network_of};
pub use token::ApiToken;
