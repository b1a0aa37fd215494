//! IP addresses and prefixes: their texts, their bytes in an image, and whether one contains the other
//! (R-IP-1..3).
//!
//! `core::net` reads the same addresses (a test compares the two) but its code can panic; this one cannot.

use core::fmt;

use super::truth::Truth;

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// IPv4, in network order.
    V4([u8; 4]),
    /// IPv6, in network order. A mapped address (`::ffff:a.b.c.d`) stays IPv6.
    V6([u8; 16]),
}

/// A set of addresses that begin with the same bits. The bits after the length are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    address: Address,
    length: u8,
}

/// The first bits of the IPv6 addresses that stand for IPv4 addresses (RFC 4291, 2.5.5.2).
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
/// How many bits those are.
const MAPPED_LENGTH: u8 = 96;
const GROUPS: u32 = 8;

impl Address {
    /// Reads an IPv4 dotted quad or an IPv6 text (RFC 4291, 2.2), without a zone, brackets or a prefix.
    ///
    /// Octets have no leading zeros (R-IP-1), for other readers take those as octal. Time linear in the text;
    /// reading stops at the ninth group.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        match parse_v4(text) {
            Some(octets) => Some(Self::V4(octets)),
            None => parse_v6(text).map(Self::V6),
        }
    }

    /// How many bits the address has.
    const fn bits(self) -> u8 {
        match self {
            Self::V4(_) => 32,
            Self::V6(_) => 128,
        }
    }

    /// The address with its bits after the first `length` set to zero.
    fn masked(self, length: u8) -> Self {
        match self {
            Self::V4(octets) => Self::V4((u32::from_be_bytes(octets) & mask_v4(length)).to_be_bytes()),
            Self::V6(octets) => Self::V6((u128::from_be_bytes(octets) & mask_v6(length)).to_be_bytes()),
        }
    }
}

impl Prefix {
    /// Reads an address, or an address, `/` and a length without leading zeros; bits after the length are
    /// ignored (R-IP-1).
    ///
    /// No length means the one address (R-IP-2).
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let Some(slash) = text.iter().position(|byte| *byte == b'/') else {
            let address = Address::parse(text)?;
            return Some(Self { address, length: address.bits() });
        };
        let address = Address::parse(text.get(..slash)?)?;
        let (length, rest) = small_decimal(text.get(slash + 1..)?)?;
        (rest.is_empty() && length <= address.bits())
            .then(|| Self { address: address.masked(length), length })
    }

    /// The prefix as bytes: the family (4 or 6), the length in bits, and the address, zeros after its last
    /// byte.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 18] {
        let mut bytes = [0; 18];
        let [family, length, address @ ..] = &mut bytes;
        *length = self.length;
        match self.address {
            Address::V4(octets) => {
                *family = 4;
                fill(address, &octets);
            }
            Address::V6(octets) => {
                *family = 6;
                fill(address, &octets);
            }
        }
        bytes
    }

    /// The prefix of exactly the bytes that [`Self::to_bytes`] writes, and `None` for all others.
    #[inline]
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 18] = bytes.try_into().ok()?;
        let [family, length, octets @ ..] = *bytes;
        let address = match (family, octets) {
            (4, [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) => Address::V4([a, b, c, d]),
            (6, octets) => Address::V6(octets),
            _ => return None,
        };
        (length <= address.bits() && address == address.masked(length)).then_some(Self { address, length })
    }
}

/// As RFC 5952 writes it; a prefix of one address has no length.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Address::V4([a, b, c, d]) => write!(f, "{a}.{b}.{c}.{d}")?,
            Address::V6(octets) => write_v6(f, u128::from_be_bytes(octets))?,
        }
        if self.length == self.address.bits() { Ok(()) } else { write!(f, "/{}", self.length) }
    }
}

/// Writes the groups of an address: the first of the longest rows of two zeros and more is `::`.
fn write_v6(f: &mut fmt::Formatter<'_>, address: u128) -> fmt::Result {
    let group = |number: u32| (address >> (112 - 16 * number)) & 0xFFFF;
    let zeros = |from: u32| (from..GROUPS).take_while(|number| group(*number) == 0).count();
    let longest = (0..GROUPS).rev().max_by_key(|from| zeros(*from)).unwrap_or(0);
    let row = if zeros(longest) < 2 { 0 } else { u32::try_from(zeros(longest)).unwrap_or(0) };
    let mut number = 0;
    while number < GROUPS {
        if row != 0 && number == longest {
            f.write_str("::")?;
            number += row;
            continue;
        }
        let follows = number != 0 && (row == 0 || number != longest + row);
        write!(f, "{}{:x}", if follows { ":" } else { "" }, group(number))?;
        number += 1;
    }
    Ok(())
}

/// Whether `address`, of a request, is in `prefix`, of a policy (R-IP-3). In constant time.
///
/// The families never meet, but an IPv6 address that stands for an IPv4 one leaves it open whether the caller
/// is the IPv4 host: INDET against any IPv4 prefix, and against an IPv6 prefix that holds all such addresses. So
/// does a prefix of such addresses against the IPv4 addresses that it stands for.
#[inline]
#[must_use]
pub fn contains(prefix: &Prefix, address: &Address) -> Truth {
    let open = |holds: bool| if holds { Truth::Indet } else { Truth::False };
    match (prefix.address, *address) {
        (Address::V4(start), Address::V4(octets)) => Truth::from(holds_v4(start, prefix.length, octets)),
        (Address::V6(start), Address::V6(octets)) => {
            let holds = u128::from_be_bytes(start) == u128::from_be_bytes(octets) & mask_v6(prefix.length);
            let all_mapped = prefix.length < MAPPED_LENGTH && octets.starts_with(&MAPPED);
            if all_mapped { open(holds) } else { Truth::from(holds) }
        }
        (Address::V4(_), Address::V6(octets)) => open(octets.starts_with(&MAPPED)),
        (Address::V6(start), Address::V4(octets)) => match start.strip_prefix(&MAPPED) {
            Some([a, b, c, d]) if prefix.length >= MAPPED_LENGTH => {
                open(holds_v4([*a, *b, *c, *d], prefix.length - MAPPED_LENGTH, octets))
            }
            _ => Truth::False,
        },
    }
}

#[inline]
fn holds_v4(start: [u8; 4], length: u8, octets: [u8; 4]) -> bool {
    u32::from_be_bytes(start) == u32::from_be_bytes(octets) & mask_v4(length)
}

/// The mask of the first `length` bits of 32.
#[inline]
fn mask_v4(length: u8) -> u32 {
    !u32::MAX.checked_shr(u32::from(length)).unwrap_or(0)
}

/// The mask of the first `length` bits of 128.
#[inline]
fn mask_v6(length: u8) -> u128 {
    !u128::MAX.checked_shr(u32::from(length)).unwrap_or(0)
}

fn fill(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// A number of one to three digits without a leading zero, at most 255, and what follows it.
fn small_decimal(text: &[u8]) -> Option<(u8, &[u8])> {
    let (first, mut rest) = text.split_first()?;
    if !first.is_ascii_digit() {
        return None;
    }
    let mut number = first - b'0';
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        if number == 0 {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(digit - b'0')?;
        rest = after;
    }
    Some((number, rest))
}

fn parse_v4(text: &[u8]) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut rest = text;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        (*octet, rest) = small_decimal(rest)?;
    }
    rest.is_empty().then_some(octets)
}

/// Groups read so far, as the low bits of a number.
#[derive(Clone, Copy, Default)]
struct Run {
    bits: u128,
    groups: u32,
}

impl Run {
    fn push(&mut self, group: u16) {
        self.bits = self.bits << 16 | u128::from(group);
        self.groups += 1;
    }
}

fn parse_v6(text: &[u8]) -> Option<[u8; 16]> {
    let mut run = Run::default();
    // The groups before `::`, once it has been seen.
    let mut head: Option<Run> = None;
    let mut rest = text;
    if let Some(after) = rest.strip_prefix(b"::") {
        head = Some(run);
        rest = after;
    }
    while !(rest.is_empty() && head.is_some() && run.groups == 0) {
        let (group, after) = hex_group(rest)?;
        match after {
            [] => {
                run.push(group);
                break;
            }
            [b'.', ..] => {
                // The last 32 bits as a dotted quad.
                let [a, b, c, d] = parse_v4(rest)?;
                run.push(u16::from_be_bytes([a, b]));
                run.push(u16::from_be_bytes([c, d]));
                break;
            }
            [b':', b':', after @ ..] => {
                if head.is_some() {
                    return None;
                }
                run.push(group);
                head = Some(run);
                run = Run::default();
                rest = after;
            }
            [b':', after @ ..] => {
                run.push(group);
                rest = after;
            }
            _ => return None,
        }
        if run.groups > GROUPS {
            return None;
        }
    }
    let bits = match head {
        None if run.groups == GROUPS => run.bits,
        // `::` stands for at least one group, so at most seven are written.
        Some(head) if head.groups + run.groups < GROUPS => {
            head.bits.checked_shl(16 * (GROUPS - head.groups)).unwrap_or(0) | run.bits
        }
        _ => return None,
    };
    Some(bits.to_be_bytes())
}

/// One to four hexadecimal digits and what follows them.
fn hex_group(text: &[u8]) -> Option<(u16, &[u8])> {
    let mut group = 0_u16;
    let mut rest = text;
    let mut count = 0;
    while let [byte, after @ ..] = rest {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => break,
        };
        if count == 4 {
            return None;
        }
        group = group << 4 | u16::from(digit);
        count += 1;
        rest = after;
    }
    (count > 0).then_some((group, rest))
}

#[cfg(test)]
#[path = "cidr_tests.rs"]
mod tests;
