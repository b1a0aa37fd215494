//! The time of a request.

use iamlet::ground::date::Instant;
use serde_json::Value;

/// What to say of a text or value that is no time.
pub const NO_TIME: &str = "is no time: 2026-01-15T10:00:00Z, or seconds since 1970 as a whole number";

/// Reads a time as a text: `YYYY-MM-DDThh:mm:ssZ`. Seconds since 1970.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    // Of all that the engine reads as a date, only this form has 20 characters and ends so.
    let is_whole = text.len() == 20 && text.ends_with('Z');
    Instant::parse(text.as_bytes()).filter(|_| is_whole).map(Instant::seconds)
}

/// Reads the time of a case: a text, or seconds since 1970 as a number.
pub(crate) fn read(value: &Value) -> Option<i64> {
    value.as_str().map_or_else(|| value.as_i64(), parse_time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn a_time_is_a_whole_second_in_utc_or_a_number() {
        assert_eq!(read(&json!("2026-01-15T10:00:00Z")), Some(1_768_471_200));
        assert_eq!(read(&json!("1969-12-31T23:59:59Z")), Some(-1));
        assert_eq!(read(&json!(1_768_471_200)), Some(1_768_471_200));
        assert_eq!(read(&json!(-1)), Some(-1));
        for wrong in [
            json!("2026-01-15"),
            json!("2026-01-15T10:00Z"),
            json!("2026-01-15T10:00:00"),
            json!("2026-01-15T10:00:00.5Z"),
            json!("2026-01-15T10:00:00+01:00"),
            json!("2026-02-29T10:00:00Z"),
            json!("2026-01-15 10:00:00Z"),
            json!("1768471200"),
            json!("-000000000000000000Z"),
            json!(1.5),
            json!(1e3),
            json!(true),
            json!(null),
            json!(["2026-01-15T10:00:00Z"]),
        ] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }
}
