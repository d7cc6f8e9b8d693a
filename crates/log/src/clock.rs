//! The clock of a log, which is the only source of the times at which events are recorded.

use std::sync::Arc;

use remit_domain::UtcInstant;

/// A function that returns the current time.
pub type Clock = Arc<dyn Fn() -> UtcInstant + Send + Sync>;

/// Returns the system clock.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        #[expect(clippy::disallowed_methods, reason = "the log's own clock is where time comes in")]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UtcInstant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    })
}
