//! The numbers of the Numeric operators: exact decimals, never floating point (R-NUM-1).

use core::fmt;

/// A decimal with nine places: the number, times 10^9. It has at most 20 digits before the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i128);

/// R-NUM-1: how many digits may precede the point, zeros included.
const MAX_WHOLE_DIGITS: usize = 20;
/// R-NUM-1: how many digits may follow the point, zeros included.
const MAX_PLACES: usize = 9;
/// 10^9: a decimal is a whole number of its parts.
const SCALE: u64 = 10_u64.pow(9);
/// One more than the largest magnitude, 10^(20 + 9): it fits an i128 with room to spare.
const BOUND: i128 = 10_i128.pow(29);

impl Decimal {
    /// Reads `[+-]?` 1–20 digits, and optionally a point and 1–9 digits (R-NUM-1). `-0` is 0.
    ///
    /// Time linear in the text, and no more than 31 bytes of it are read as digits.
    #[inline]
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        // Most have no sign and no point, and a word is enough for them.
        if text.len() < MAX_WHOLE_DIGITS
            && let (number, len @ 1..) = leading(text)
            && len == text.len()
        {
            return Some(Self(i128::from(number) * i128::from(SCALE)));
        }
        Self::parse_long(text)
    }

    fn parse_long(text: &[u8]) -> Option<Self> {
        let (negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            _ => (false, text),
        };
        if digits.len() > MAX_WHOLE_DIGITS + 1 + MAX_PLACES {
            return None;
        }
        let (whole, behind) = digits.split_at_checked(leading(digits).1)?;
        if whole.len() > MAX_WHOLE_DIGITS {
            return None;
        }
        let places = match behind {
            [] => 0,
            [b'.', places @ ..] => fraction(places)?,
            _ => return None,
        };
        // Twenty digits are one more than a word is enough for.
        let (last, front) = whole.split_last()?;
        let whole = i128::from(leading(front).0) * 10 + i128::from(last.wrapping_sub(b'0'));
        let scaled = whole * i128::from(SCALE) + i128::from(places);
        Some(Self(if negative { -scaled } else { scaled }))
    }

    /// The decimal as 16 bytes, little-endian.
    #[inline]
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The decimal of exactly 16 bytes, unless it is one that no text gives.
    #[inline]
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let scaled = i128::from_le_bytes(bytes.try_into().ok()?);
        (-BOUND < scaled && scaled < BOUND).then_some(Self(scaled))
    }
}

/// As short as it can be written: without zeros at either end.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, mut places) = by_scale(self.0.unsigned_abs());
        // Of twenty digits, a word is enough for the first eleven.
        let (front, behind) = by_scale(whole);
        f.write_str(if self.0 < 0 { "-" } else { "" })?;
        match u64::try_from(front).unwrap_or(u64::MAX) {
            0 => write!(f, "{behind}")?,
            front => write!(f, "{front}{behind:09}")?,
        }
        if places == 0 {
            return Ok(());
        }
        let mut width = MAX_PLACES;
        while places % 10 == 0 {
            places /= 10;
            width -= 1;
        }
        write!(f, ".{places:0width$}")
    }
}

/// The quotient and the remainder of a number by [`SCALE`], in words: dividing two words at once takes a function that not
/// every target has.
fn by_scale(number: u128) -> (u128, u64) {
    let mut remainder = 0;
    let mut quotient = 0;
    for shift in [96, 64, 32, 0] {
        let digit = remainder << 32 | u64::try_from(number >> shift & 0xFFFF_FFFF).unwrap_or(0);
        quotient = quotient << 32 | u128::from(digit / SCALE);
        remainder = digit % SCALE;
    }
    (quotient, remainder)
}

/// The number that the digits at the front of `text` write, and how many they are. Of more than 19 it may be wrong: a
/// word is enough for nearly all, and its arithmetic takes a fraction of that of two.
#[inline]
fn leading(text: &[u8]) -> (u64, usize) {
    let (mut number, mut len) = (0_u64, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        len += 1;
    }
    (number, len)
}

/// What digits behind the point are worth, times 10^9.
fn fraction(places: &[u8]) -> Option<u64> {
    let (number, len) = leading(places);
    if len == 0 || len > MAX_PLACES || len < places.len() {
        return None;
    }
    // So many zeros are missing to nine places.
    Some((len..MAX_PLACES).fold(number, |number, _| number * 10))
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]
mod tests {
    use super::*;
    use core::cmp::Ordering;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text} is a decimal"))
    }

    /// The stupid twin: order two texts by padding both to 20 + 9 digits and comparing them as text.
    fn naive_order(a: &str, b: &str) -> Ordering {
        fn digits(text: &str) -> (bool, String) {
            let bare = text.trim_start_matches(['+', '-']);
            let (whole, places) = bare.split_once('.').unwrap_or((bare, ""));
            let digits = format!("{whole:0>20}{places:0<9}");
            let zero = digits.bytes().all(|byte| byte == b'0');
            (text.starts_with('-') && !zero, digits)
        }
        match (digits(a), digits(b)) {
            ((false, a), (false, b)) => a.cmp(&b),
            ((true, a), (true, b)) => b.cmp(&a),
            ((true, _), (false, _)) => Ordering::Less,
            ((false, _), (true, _)) => Ordering::Greater,
        }
    }

    const TEXTS: [&str; 17] = [
        "0",
        "-0",
        "+0.0",
        "1",
        "1.0",
        "01",
        "-1",
        "0.1",
        "0.000000001",
        "-0.000000001",
        "0.10000000",
        "10",
        "99999999999999999999.999999999",
        "-99999999999999999999.999999999",
        "99999999999999999999",
        "18446744073709551616",
        "2.5",
    ];

    #[test]
    fn decimals_order_as_their_padded_digits_do() {
        for a in TEXTS {
            for b in TEXTS {
                assert_eq!(decimal(a).cmp(&decimal(b)), naive_order(a, b), "{a} {b}");
            }
        }
    }

    /// The stupid twin: all 29 digits written out, and read by the standard library.
    fn naive(text: &str) -> Option<i128> {
        let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, places) = bare.split_once('.').unwrap_or((bare, "0"));
        let fits = |digits: &str, most| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !fits(whole, 20) || !fits(places, 9) {
            return None;
        }
        let scaled: i128 = format!("{whole}{places:0<9}").parse().unwrap();
        Some(if text.starts_with('-') { -scaled } else { scaled })
    }

    #[test]
    fn a_decimal_is_what_its_digits_written_out_are() {
        let signs = ["", "-", "+"];
        let wholes = (0..=21).flat_map(|len| ["9".repeat(len), "1".repeat(len), "0".repeat(len)]);
        for whole in wholes.chain(["10".to_owned(), "12345678901234567890".to_owned(), "1x".to_owned()]) {
            for places in ["", ".", ".0", ".5", ".000000001", ".123456789", ".1234567890", ".1.2", "/", ":"] {
                for sign in signs {
                    let text = format!("{sign}{whole}{places}");
                    assert_eq!(Decimal::parse(text.as_bytes()).map(|found| found.0), naive(&text), "{text}");
                }
            }
        }
    }

    #[test]
    fn one_is_one_with_any_number_of_zeros() {
        assert_eq!(decimal("1.0"), decimal("1"));
        assert_eq!(decimal("+0001.000000000"), decimal("1"));
        assert_eq!(decimal("-0.0"), decimal("0"));
    }

    #[test]
    fn neighbours_beyond_the_precision_of_a_double_differ() {
        assert!(decimal("9007199254740993") > decimal("9007199254740992"));
        assert!(decimal("0.100000001") > decimal("0.1"));
    }

    #[test]
    fn a_decimal_is_written_as_short_as_it_reads_again() {
        for (text, written) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("+007.500", "7.5"),
            ("-0.000000001", "-0.000000001"),
            ("10", "10"),
            ("99999999999999999999.999999999", "99999999999999999999.999999999"),
            ("1.05", "1.05"),
        ] {
            assert_eq!(decimal(text).to_string(), written, "{text}");
            assert_eq!(decimal(written), decimal(text));
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for bad in [
            "",
            "+",
            "-",
            ".",
            "1.",
            ".5",
            "-.5",
            "1e3",
            "0x10",
            " 1",
            "1 ",
            "1.2.3",
            "--1",
            "+-1",
            "1,0",
            "1.0000000000",
            "100000000000000000000.",
            "000000000000000000001",
            "1٣",
            "NaN",
            "1.-1",
        ] {
            assert_eq!(Decimal::parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(Decimal::parse(&[b'1'; 4096]), None);
    }

    #[test]
    fn bytes_give_back_the_decimal_and_refuse_what_no_text_gives() {
        for text in TEXTS {
            assert_eq!(Decimal::from_bytes(&decimal(text).to_bytes()), Some(decimal(text)));
        }
        assert_eq!(decimal("0.000000258").to_bytes()[..2], [2, 1]);
        assert_eq!(Decimal::from_bytes(&BOUND.to_le_bytes()), None);
        assert_eq!(Decimal::from_bytes(&(-BOUND).to_le_bytes()), None);
        assert_eq!(Decimal::from_bytes(&i128::MIN.to_le_bytes()), None);
        assert_eq!(Decimal::from_bytes(&[0; 15]), None);
        assert_eq!(Decimal::from_bytes(&[0; 17]), None);
    }
}
