//! Addresses, dates, decimals, base64 and ARNs, against independent crates.

use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::BigInt;
use iamlet::ground::cidr::{Address, Prefix, contains};
use iamlet::ground::date::{Instant, format_utc};
use iamlet::ground::decimal::Decimal;
use iamlet::ground::truth::Truth;
use iamlet::ground::{arn, base64 as own_base64};
use ipnet::IpNet;
use jiff::civil;

/// The input is two texts with a line end between them; each is read as everything, and the two are compared.
pub fn leaf_formats(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (first, second) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    for text in [first, second] {
        address(text);
        prefix(text);
        date(text);
        decimal(text);
        base64(text, first);
        arn_fields(text);
    }
    containment(first, second);
    order(first, second);
}

fn utf8(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok()
}

fn own_address(address: IpAddr) -> Address {
    match address {
        IpAddr::V4(address) => Address::V4(address.octets()),
        IpAddr::V6(address) => Address::V6(address.octets()),
    }
}

fn address(text: &[u8]) {
    let expected = utf8(text).and_then(|text| IpAddr::from_str(text).ok()).map(own_address);
    assert_eq!(Address::parse(text), expected);
}

/// A prefix as `ipnet` has it, from an address that the standard library read.
fn network(text: &[u8]) -> Option<IpNet> {
    let text = utf8(text)?;
    let Some((address, length)) = text.split_once('/') else {
        return Some(IpAddr::from_str(text).ok()?.into());
    };
    let is_plain =
        length.bytes().all(|byte| byte.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
    IpNet::new(IpAddr::from_str(address).ok()?, length.parse().ok().filter(|_| is_plain)?).ok()
}

fn prefix(text: &[u8]) {
    let expected = network(text).map(|network| {
        let network = network.trunc();
        let mut bytes = [0; 18];
        bytes[1] = network.prefix_len();
        match network.addr() {
            IpAddr::V4(address) => {
                bytes[0] = 4;
                bytes[2..6].copy_from_slice(&address.octets());
            }
            IpAddr::V6(address) => {
                bytes[0] = 6;
                bytes[2..].copy_from_slice(&address.octets());
            }
        }
        bytes
    });
    let prefix = Prefix::parse(text);
    assert_eq!(prefix.map(|prefix| prefix.to_bytes()), expected);
    if let (Some(prefix), Some(bytes)) = (prefix, expected) {
        assert_eq!(Prefix::from_bytes(&bytes), Some(prefix));
    }
    // Of any bytes at all, those that are a prefix are those that it is written as.
    if let Some(prefix) = Prefix::from_bytes(text) {
        assert_eq!(prefix.to_bytes(), text);
    }
}

/// A prefix and an address: whether the one contains the other.
fn containment(first: &[u8], second: &[u8]) {
    let (Some(prefix), Some(address)) = (Prefix::parse(first), Address::parse(second)) else { return };
    let (network, host) = (network(first).expect("a network"), utf8(second).expect("a text"));
    let host = IpAddr::from_str(host).expect("an address");
    let is_mapped = matches!(host, IpAddr::V6(host) if host.to_ipv4_mapped().is_some());
    let open = |holds: bool| if holds { Truth::Indet } else { Truth::False };
    // R-IP-3: an IPv4 address that is written as IPv6 leaves it open which of the two the caller has.
    let expected = match (&network, host) {
        (IpNet::V4(_), IpAddr::V6(_)) => open(is_mapped),
        (IpNet::V6(network), IpAddr::V4(host)) => {
            let all_mapped = network.prefix_len() >= 96 && network.network().to_ipv4_mapped().is_some();
            open(all_mapped && network.contains(&host.to_ipv6_mapped()))
        }
        (IpNet::V6(network), IpAddr::V6(host)) if is_mapped && network.prefix_len() < 96 => {
            open(network.contains(&host))
        }
        _ => Truth::from(network.contains(&host)),
    };
    assert_eq!(contains(&prefix, &address), expected);
}

/// The instant of a date as R-DATE-1 has it, with the calendar of `jiff`.
fn instant(text: &[u8]) -> Option<(i128, u32)> {
    let text = utf8(text)?;
    let shape: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    let number = |from: usize, to: usize| text.get(from..to).map_or(Ok(0), str::parse::<i8>).ok();
    let digits = shape.strip_prefix('-').unwrap_or(&shape);
    if shape != "0000" && !digits.is_empty() && digits.bytes().all(|byte| byte == b'0') {
        // R-DATE-2
        return text.parse::<i64>().ok().map(|seconds| (seconds.into(), 0));
    }
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    if !["0000", "0000-00", "0000-00-00"].contains(&shape.get(..day.len())?)
        || (time.is_some() && day.len() < 10)
    {
        return None;
    }
    let one = |from: usize, to: usize| if day.len() < to { Some(1) } else { number(from, to) };
    let date = civil::Date::new(day[..4].parse().ok()?, one(5, 7)?, one(8, 10)?).ok()?;
    let (clock, offset) = match time {
        None => (civil::Time::midnight(), 0),
        Some(time) => (clock(&time[..zone(time)?])?, offset(&time[zone(time)?..])?),
    };
    let epoch = civil::date(1970, 1, 1).at(0, 0, 0, 0);
    let since = date.to_datetime(clock).duration_since(epoch);
    let nanos = since.as_nanos() - i128::from(offset) * 1_000_000_000;
    Some((nanos.div_euclid(1_000_000_000), u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?))
}

/// Where the zone of a time begins.
fn zone(time: &str) -> Option<usize> {
    time.find(['Z', '+', '-'])
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f`, each with all its digits.
fn clock(time: &str) -> Option<civil::Time> {
    let (whole, fraction) = time.split_once('.').map_or((time, None), |(whole, part)| (whole, Some(part)));
    let parts: Vec<&str> = whole.split(':').collect();
    let two_digits = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(two_digits) {
        return None;
    }
    let parts: Vec<i8> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let nanos = match fraction {
        None => 0,
        Some(digits) => {
            let fits = parts.len() == 3 && (1..=9).contains(&digits.len());
            format!("{digits:0<9}")
                .parse()
                .ok()
                .filter(|_| fits && digits.bytes().all(|byte| byte.is_ascii_digit()))?
        }
    };
    match parts[..] {
        [hour, minute] => civil::Time::new(hour, minute, 0, 0).ok(),
        [hour, minute, second] => civil::Time::new(hour, minute, second, nanos).ok(),
        _ => None,
    }
}

/// `Z`, or a sign and `hh:mm`, in seconds.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, time) = match zone.strip_prefix('-') {
        Some(time) => (-1, time),
        None => (1, zone.strip_prefix('+')?),
    };
    let time = clock(Some(time).filter(|time| time.len() == 5 && !time.contains('.'))?)?;
    Some(sign * (i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60))
}

fn date(text: &[u8]) {
    let own = Instant::parse(text);
    let expected = instant(text);
    assert_eq!(own.map(|own| (i128::from(own.seconds()), own.nanos())), expected);
    if let Some(own) = own {
        assert_eq!(Instant::from_bytes(&own.to_bytes()), Some(own));
        let mut written = [0; 20];
        if format_utc(own.seconds(), &mut written) {
            assert_eq!(Instant::parse(&written), Instant::new(own.seconds(), 0));
        }
    }
}

/// The number of R-NUM-1, times 10^9.
fn scaled(text: &[u8]) -> Option<i128> {
    let text = utf8(text)?;
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, places) = bare.split_once('.').map_or((bare, None), |(whole, places)| (whole, Some(places)));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, 20) || !places.is_none_or(|places| digits(places, 9)) {
        return None;
    }
    let number = BigDecimal::from_str(text).expect("a number") * BigDecimal::from(1_000_000_000);
    let (number, scale) = number.with_scale(0).into_bigint_and_exponent();
    assert_eq!(scale, 0);
    i128::try_from(number).ok()
}

fn decimal(text: &[u8]) {
    let own = Decimal::parse(text);
    assert_eq!(own.map(|own| i128::from_le_bytes(own.to_bytes())), scaled(text));
    assert_eq!(own.and_then(|own| Decimal::from_bytes(&own.to_bytes())), own);
    if let Ok(bytes) = <[u8; 16]>::try_from(text) {
        let number = BigInt::from(i128::from_le_bytes(bytes));
        let fits = number.magnitude() < BigInt::from(10).pow(29).magnitude();
        assert_eq!(Decimal::from_bytes(text).is_some(), fits);
    }
}

/// Dates and decimals are ordered as those of the other crates.
fn order(first: &[u8], second: &[u8]) {
    if let (Some(one), Some(other)) = (Instant::parse(first), Instant::parse(second)) {
        assert_eq!(one.cmp(&other), instant(first).cmp(&instant(second)));
    }
    if let (Some(one), Some(other)) = (Decimal::parse(first), Decimal::parse(second)) {
        assert_eq!(one.cmp(&other), scaled(first).cmp(&scaled(second)));
    }
}

fn base64(text: &[u8], bytes: &[u8]) {
    let expected = STANDARD.decode(text).ok();
    assert_eq!(own_base64::decoded_len(text), expected.as_ref().map(Vec::len));
    let mut out = vec![0; text.len()];
    let used = own_base64::decode_into(text, &mut out);
    assert_eq!(used.map(|used| &out[..used]), expected.as_deref());
    assert_eq!(own_base64::decodes_to(text, bytes), expected.as_ref().map(|expected| expected == bytes));
    if let Some(expected) = &expected {
        assert_eq!(own_base64::decodes_to(text, expected), Some(true));
        let short = expected.len().saturating_sub(1);
        assert_eq!(own_base64::decode_into(text, &mut out[..short]).is_some(), expected.is_empty());
    }
    let written = STANDARD.encode(text);
    assert_eq!(own_base64::decodes_to(written.as_bytes(), text), Some(true));
}

fn arn_fields(text: &[u8]) {
    let fields: Vec<&[u8]> = text.splitn(6, |byte| *byte == b':').collect();
    let expected: Option<[&[u8]; 6]> = fields.try_into().ok();
    assert_eq!(arn::split(text), expected);
    let colons = expected.map(|fields| {
        let mut at = 0;
        [0, 1, 2, 3, 4].map(|field: usize| {
            let colon = at + fields[field].len();
            at = colon + 1;
            colon as u32
        })
    });
    assert_eq!(arn::colons(text), colons);
    let text = String::from_utf8_lossy(text);
    let is_account = text.chars().count() == 12 && text.chars().all(|letter| letter.is_ascii_digit());
    assert_eq!(arn::is_account(text.as_bytes()), is_account);
    let mut name = text.strip_prefix("aws-").unwrap_or("").chars().peekable();
    let is_name = name.peek().is_some()
        && name.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    assert_eq!(arn::is_partition(text.as_bytes()), text == "aws" || is_name);
}
