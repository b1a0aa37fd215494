//! Numbers, instants, base64 and addresses as text (section 6.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const NANOS: i128 = 1_000_000_000;

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// R-NUM-1: an exact decimal, scaled by 10^9.
pub fn decimal(text: &str) -> Option<i128> {
    let (negative, rest) = match text.chars().next()? {
        '-' => (true, &text[1..]),
        '+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (rest, None),
    };
    if !all_digits(whole) || whole.len() > 20 {
        return None;
    }
    let mut scaled: i128 = whole.parse::<i128>().ok()? * NANOS;
    if let Some(fraction) = fraction {
        if !all_digits(fraction) || fraction.len() > 9 {
            return None;
        }
        scaled += format!("{fraction:0<9}").parse::<i128>().ok()?;
    }
    Some(if negative { -scaled } else { scaled })
}

/// R-DATE-1 to R-DATE-4: an instant in nanoseconds since 1970; `is_number` marks a JSON number.
pub fn instant(text: &str, is_number: bool) -> Option<i128> {
    // R-DATE-2: four digits in a string are a year.
    if !is_number && text.len() == 4 && all_digits(text) {
        return Some(days(text.parse().ok()?, 1, 1)? * 86_400 * NANOS);
    }
    // R-DATE-2: a JSON number or another all-digit string is epoch seconds, optionally negative.
    if all_digits(text.strip_prefix('-').unwrap_or(text)) {
        return Some(i128::from(text.parse::<i64>().ok()?) * NANOS);
    }
    if is_number { None } else { calendar(text) }
}

/// R-DATE-1, R-DATE-3: the calendar forms.
fn calendar(text: &str) -> Option<i128> {
    if !text.is_ascii() || text.len() < 7 {
        return None;
    }
    let year = fixed(text, 0, 4)?;
    let month = if &text[4..5] == "-" { fixed(text, 5, 7)? } else { return None };
    if text.len() == 7 {
        return Some(days(year, month, 1)? * 86_400 * NANOS);
    }
    let day = if &text[7..8] == "-" { fixed(text, 8, 10)? } else { return None };
    let midnight = days(year, month, day)? * 86_400;
    if text.len() == 10 {
        return Some(midnight * NANOS);
    }
    let clock = text[10..].strip_prefix('T')?;
    let hour = fixed(clock, 0, 2)?;
    let minute = fixed(clock.get(2..)?.strip_prefix(':')?, 0, 2)?;
    if hour > 23 || minute > 59 {
        return None;
    }
    let mut rest = clock.get(5..)?;
    let mut second = 0;
    let mut nanos = 0;
    if let Some(after) = rest.strip_prefix(':') {
        second = fixed(after, 0, 2)?;
        if second > 59 {
            return None;
        }
        rest = after.get(2..)?;
        if let Some(after) = rest.strip_prefix('.') {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 || count > 9 {
                return None;
            }
            nanos = format!("{:0<9}", &after[..count]).parse::<i128>().ok()?;
            rest = &after[count..];
        }
    }
    let offset = zone(rest)?;
    Some((midnight + hour * 3600 + minute * 60 + second - offset) * NANOS + nanos)
}

/// `Z` or `±hh:mm`, as seconds east of UTC.
fn zone(text: &str) -> Option<i128> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.get(0..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    if text.len() != 6 || &text[3..4] != ":" {
        return None;
    }
    let hour = fixed(text, 1, 3)?;
    let minute = fixed(text, 4, 6)?;
    if hour > 23 || minute > 59 {
        return None;
    }
    Some(sign * (hour * 3600 + minute * 60))
}

fn fixed(text: &str, from: usize, to: usize) -> Option<i128> {
    let part = text.get(from..to)?;
    if all_digits(part) { part.parse().ok() } else { None }
}

fn is_leap(year: i128) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// Days from 1970-01-01 to that day; impossible days are refused.
fn days(year: i128, month: i128, day: i128) -> Option<i128> {
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=12).contains(&month) || day < 1 || day > lengths[(month - 1) as usize] {
        return None;
    }
    let mut count = day - 1;
    for length in &lengths[..(month - 1) as usize] {
        count += length;
    }
    Some(count + days_before_year(year) - days_before_year(1970))
}

/// Days from the first day of the year 0 to the first day of that year.
fn days_before_year(year: i128) -> i128 {
    if year == 0 {
        return 0;
    }
    let past = year - 1;
    365 * year + past / 4 - past / 100 + past / 400 + 1
}

/// R-BOOL-1
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// R-BIN-1: standard base64 with padding.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let chars: Vec<char> = text.chars().collect();
    if !chars.len().is_multiple_of(4) {
        return None;
    }
    let mut bits: Vec<bool> = Vec::new();
    let mut padding = 0;
    for (position, c) in chars.iter().enumerate() {
        if *c == '=' && position + 2 >= chars.len() {
            padding += 1;
            continue;
        }
        // Nothing but padding may follow padding.
        if padding > 0 {
            return None;
        }
        let number = alphabet.find(*c)?;
        for bit in (0..6).rev() {
            bits.push(number >> bit & 1 == 1);
        }
    }
    let whole = bits.len() / 8 * 8;
    if bits[whole..].contains(&true) {
        return None;
    }
    let mut bytes = Vec::new();
    for byte in bits[..whole].chunks(8) {
        bytes.push(byte.iter().fold(0, |sum, bit| sum * 2 + u8::from(*bit)));
    }
    Some(bytes)
}

/// R-IP-1: one address; no leading zeros, no zone.
pub fn address(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() != 4 {
        return None;
    }
    let mut octets = [0u8; 4];
    for (octet, part) in octets.iter_mut().zip(parts) {
        if !all_digits(part) || (part.len() > 1 && part.starts_with('0')) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    Some(IpAddr::V4(Ipv4Addr::from(octets)))
}

/// R-IP-1, R-IP-2: an address and a prefix length; without one the prefix is the single host.
pub fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (base, length) = match text.split_once('/') {
        Some((base, length)) => (base, Some(length)),
        None => (text, None),
    };
    let base = address(base)?;
    let longest = if base.is_ipv4() { 32 } else { 128 };
    let Some(length) = length else { return Some((base, longest)) };
    if !all_digits(length) || (length.len() > 1 && length.starts_with('0')) {
        return None;
    }
    let length: u32 = length.parse().ok()?;
    if length > longest { None } else { Some((base, length)) }
}

/// Whether two addresses of one family agree in their first `length` bits.
pub fn same_prefix(one: IpAddr, other: IpAddr, length: u32) -> bool {
    let (one, other) = match (one, other) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.octets().to_vec(), b.octets().to_vec()),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.octets().to_vec(), b.octets().to_vec()),
        _ => return false,
    };
    for bit in 0..length as usize {
        let mask = 0x80u8 >> (bit % 8);
        if one[bit / 8] & mask != other[bit / 8] & mask {
            return false;
        }
    }
    true
}
