//! The instants of the Date operators: W3C date texts and epoch seconds, to the nanosecond (R-DATE-1..4).

use core::fmt;

/// A point in time: seconds since 1970-01-01T00:00:00Z, and nanoseconds after that second.
///
/// Two texts that name one instant are equal, whatever their zone (R-DATE-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    // The order of the fields is the order of time.
    seconds: i64,
    nanos: u32,
}

const NANOS_PER_SECOND: u32 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of year can write.
const FIRST_WRITABLE: i64 = -62_167_219_200;
const LAST_WRITABLE: i64 = 253_402_300_799;

impl Instant {
    /// The instant `nanos` after `seconds` since the epoch; `None` when `nanos` is a second or more.
    #[must_use]
    pub const fn new(seconds: i64, nanos: u32) -> Option<Self> {
        if nanos < NANOS_PER_SECOND { Some(Self { seconds, nanos }) } else { None }
    }

    /// Whole seconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Self::seconds`].
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// Reads a date written as a string.
    ///
    /// Exactly four digits are a year; any other digits, with or without a minus before them, are epoch
    /// seconds (R-DATE-2), so `-123` is 123 seconds before the epoch. The rest is `YYYY-MM`, `YYYY-MM-DD` or
    /// `YYYY-MM-DDThh:mm[:ss[.f{1,9}]]` with `Z` or an offset from `-23:59` to `+23:59` (R-DATE-1, R-DATE-3).
    /// `+00:00` and `-00:00` are `Z`; the year 0000 is a leap year before 0001. Time linear in the text.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let is_year = text.len() == 4 && text.iter().all(u8::is_ascii_digit);
        if !is_year && let Some(epoch) = Self::parse_number(text) {
            return Some(epoch);
        }
        parse_w3c(text)
    }

    /// Reads epoch seconds: digits, with or without a minus before them (R-DATE-1, R-DATE-2).
    ///
    /// This is all that a JSON number may be as a date: no fraction, no exponent. Seconds beyond an `i64` are
    /// refused. Time linear in the text.
    #[must_use]
    pub fn parse_number(text: &[u8]) -> Option<Self> {
        let (sign, digits) = match text {
            [b'-', digits @ ..] => (-1, digits),
            _ => (1, text),
        };
        if digits.is_empty() {
            return None;
        }
        let seconds = digits.iter().try_fold(0_i64, |seconds, byte| {
            let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
            // The sign goes on each digit, so that i64::MIN can be read.
            seconds.checked_mul(10)?.checked_add(sign * digit)
        })?;
        Some(Self { seconds, nanos: 0 })
    }

    /// The instant as 12 bytes: the seconds, then the nanoseconds, little-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let parts = self.seconds.to_le_bytes().into_iter().chain(self.nanos.to_le_bytes());
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }

    /// The instant of exactly 12 bytes, unless the nanoseconds are a second or more.
    #[inline]
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (seconds, nanos) = bytes.split_first_chunk::<8>()?;
        Self::new(i64::from_le_bytes(*seconds), u32::from_le_bytes(nanos.try_into().ok()?))
    }
}

/// As an ISO 8601 date in UTC; outside the years that those have, as epoch seconds.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 20];
        if !format_utc(self.seconds, &mut text) {
            return write!(f, "{}", self.seconds);
        }
        let date = core::str::from_utf8(&text).unwrap_or_default();
        let date = date.strip_suffix('Z').unwrap_or(date);
        match self.nanos {
            0 => write!(f, "{date}Z"),
            nanos => write!(f, "{date}.{nanos:09}Z"),
        }
    }
}

/// `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or `YYYY-MM-DDThh:mm[:ss[.f{1,9}]](Z|±hh:mm)`; what is missing is the
/// earliest.
fn parse_w3c(mut text: &[u8]) -> Option<Instant> {
    let rest = &mut text;
    let year = digits(rest, 4)?;
    let month = if skip(rest, b'-') { digits(rest, 2)? } else { 1 };
    // A day may only follow a month that is written: after `YYYY` the next hyphen was the month's.
    let day_written = skip(rest, b'-');
    let day = if day_written { digits(rest, 2)? } else { 1 };
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let midnight = day_number(year, month, day) * SECONDS_PER_DAY;
    if rest.is_empty() {
        return Some(Instant { seconds: midnight, nanos: 0 });
    }
    if !day_written || !skip(rest, b'T') {
        return None;
    }
    let hour_and_minute = clock(rest)?;
    let mut second = 0;
    let mut nanos = 0;
    if skip(rest, b':') {
        second = digits(rest, 2)?;
        if second > 59 {
            return None;
        }
        if skip(rest, b'.') {
            nanos = fraction(rest)?;
        }
    }
    let offset = match *rest {
        [b'Z', after @ ..] => {
            *rest = after;
            0
        }
        [b'+', after @ ..] => {
            *rest = after;
            clock(rest)?
        }
        [b'-', after @ ..] => {
            *rest = after;
            -clock(rest)?
        }
        _ => return None,
    };
    rest.is_empty().then_some(Instant { seconds: midnight + hour_and_minute + second - offset, nanos })
}

/// `hh:mm` in seconds, up to 23:59.
fn clock(rest: &mut &[u8]) -> Option<i64> {
    let hour = digits(rest, 2)?;
    if !skip(rest, b':') {
        return None;
    }
    let minute = digits(rest, 2)?;
    (hour <= 23 && minute <= 59).then_some(hour * 3_600 + minute * 60)
}

/// One to nine digits after the decimal point, in nanoseconds.
fn fraction(rest: &mut &[u8]) -> Option<u32> {
    let mut nanos = 0;
    let mut unit = NANOS_PER_SECOND;
    while let [byte @ b'0'..=b'9', after @ ..] = *rest {
        if unit == 1 {
            return None;
        }
        unit /= 10;
        nanos += u32::from(byte - b'0') * unit;
        *rest = after;
    }
    (unit < NANOS_PER_SECOND).then_some(nanos)
}

/// Takes exactly `width` digits.
fn digits(rest: &mut &[u8], width: usize) -> Option<i64> {
    let (taken, after) = rest.split_at_checked(width)?;
    *rest = after;
    taken
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// Takes `byte` if it comes next.
fn skip(rest: &mut &[u8], byte: u8) -> bool {
    match *rest {
        [first, after @ ..] if *first == byte => {
            *rest = after;
            true
        }
        _ => false,
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar, in constant time.
///
/// The year is taken to begin in March, so that the leap day is its last: the months before it then follow a
/// straight line of 153 days in five months.
const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    /// From 0000-03-01 to 1970-01-01.
    const MARCH_ZERO_TO_EPOCH: i64 = 719_468;
    let (year, months_since_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * months_since_march + 2) / 5 + day - 1 - MARCH_ZERO_TO_EPOCH
}

/// Writes `YYYY-MM-DDThh:mm:ssZ`; false, and nothing written, outside the years 0000 to 9999.
///
/// In constant time.
pub fn format_utc(seconds: i64, out: &mut [u8; 20]) -> bool {
    if !(FIRST_WRITABLE..=LAST_WRITABLE).contains(&seconds) {
        return false;
    }
    let days = seconds.div_euclid(SECONDS_PER_DAY);
    let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    // The mean year is 146,097 / 400 days; no year begins more than one away from where that puts it.
    let mut year = (days - day_number(0, 1, 1)) * 400 / 146_097;
    if day_number(year, 1, 1) > days {
        year -= 1;
    } else if day_number(year + 1, 1, 1) <= days {
        year += 1;
    }
    let month = (2..=12).rev().find(|month| day_number(year, *month, 1) <= days).unwrap_or(1);
    let day = days - day_number(year, month, 1) + 1;
    let (hour, minute, second) = (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60);
    *out = [
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
        b'T',
        digit(hour / 10),
        digit(hour),
        b':',
        digit(minute / 10),
        digit(minute),
        b':',
        digit(second / 10),
        digit(second),
        b'Z',
    ];
    true
}

/// The last decimal digit of a number that is not negative.
fn digit(number: i64) -> u8 {
    b'0' + u8::try_from(number.rem_euclid(10)).unwrap_or(0)
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
