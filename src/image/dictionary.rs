//! A dictionary of context keys: each key has a number, its *slot*, so that requests need not name it.
//!
//! It is bytes without a pointer: a header, the table that a prepared context begins with, and the names in lower case.

use core::fmt;

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::context_table::{ContextRecord, KeyTable, Noted, Text, find, slots_for};
use super::known_key;
use super::policy::ImageError;
use crate::ground::copy;
use crate::ground::hash;
use crate::ground::limits::{MAX_CONTEXT, MAX_KEY_NAME};

const MAGIC: [u8; 4] = *b"IAMk";
const FORMAT: u16 = 1;

/// The head of a dictionary; the places of the table, the records and the names follow.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Header {
    magic: [u8; 4],
    format: U16,
    reserved: U16,
    size: U32,
    /// Records, one a key.
    count: U32,
    /// Places of the table that finds them.
    slots: U32,
    /// The first record of a crowded key: they stand last.
    crowded_first: U32,
    fingerprint: U64,
}

/// Why there is no dictionary of some names.
///
/// ```
/// use iamlet::{Dictionary, DictionaryError};
///
/// let names = ["aws:SourceIp", ""];
/// assert_eq!(Dictionary::build(names, &mut [0; 256]).unwrap_err(), DictionaryError::NoName(1));
/// assert!(matches!(Dictionary::build(["s3:prefix"], &mut []), Err(DictionaryError::OutputTooSmall(_))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DictionaryError {
    /// The name with this number is empty.
    NoName(usize),
    /// The name with this number is not UTF-8.
    Encoding(usize),
    /// The name with this number is longer than that of any key in a policy,
    /// [`MAX_KEY_NAME`](crate::limits::MAX_KEY_NAME).
    TooLong(usize),
    /// There are more keys than a request may have, [`MAX_CONTEXT`](crate::limits::MAX_CONTEXT).
    TooManyKeys,
    /// The output has fewer bytes than this.
    OutputTooSmall(usize),
}

impl fmt::Display for DictionaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName(at) => write!(f, "key {at} has no name"),
            Self::Encoding(at) => write!(f, "the name of key {at} is not UTF-8"),
            Self::TooLong(at) => write!(f, "the name of key {at} has more than {MAX_KEY_NAME} bytes"),
            Self::TooManyKeys => write!(f, "a dictionary has more than {MAX_CONTEXT} keys"),
            Self::OutputTooSmall(size) => write!(f, "building the dictionary takes {size} bytes"),
        }
    }
}

impl core::error::Error for DictionaryError {}

/// A dictionary of context keys, looked at in place: each key has a slot, the number that stands for it in
/// [`SlotEntry`](crate::SlotEntry).
///
/// Build it once, of the keys that the policies of all your sets name: keys without a slot are named by no policy, and
/// a request needs none of them. [`Policy::context_key`](crate::Policy::context_key) tells the names.
///
/// ```
/// use iamlet::Dictionary;
///
/// let names = ["aws:SourceIp", "s3:prefix", "AWS:sourceip"];
/// let mut memory = [0; 256];
/// let dictionary = Dictionary::build(names, &mut memory)?;
/// assert_eq!((dictionary.count(), dictionary.slot("S3:Prefix")), (2, Some(1)));
/// assert_eq!(dictionary.name(0), Some("aws:sourceip"));
/// assert_eq!(dictionary.slot("aws:SourceVpc"), None);
///
/// // It may be stored, moved and opened again.
/// let bytes = dictionary.as_bytes().to_vec();
/// assert_eq!(Dictionary::open(&bytes)?.fingerprint(), dictionary.fingerprint());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dictionary<'a> {
    header: &'a Header,
    slots: &'a [U16],
    records: &'a [ContextRecord],
    bytes: &'a [u8],
}

impl<'a> Dictionary<'a> {
    /// The bytes that building a dictionary of `names` takes at most.
    ///
    /// # Errors
    /// [`DictionaryError`].
    pub fn size<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<usize, DictionaryError> {
        size(names.into_iter().map(str::as_bytes))
    }

    /// Builds the dictionary of `names` in `out`. They may be written in any case (R-COND-6), and the same key twice
    /// has one slot. Slots are numbered in the order of the names, unless hashes were made to collide.
    ///
    /// Cost: linear in the names, and n log n in those that collide.
    ///
    /// # Errors
    /// [`DictionaryError`]. [`DictionaryError::OutputTooSmall`] tells the size, and then nothing is written.
    pub fn build<'n>(
        names: impl IntoIterator<Item = &'n str, IntoIter: Clone>,
        out: &'a mut [u8],
    ) -> Result<Self, DictionaryError> {
        let used = build(names.into_iter().map(str::as_bytes), out)?;
        Self::view(out.get(..used).unwrap_or_default()).map_err(|_| DictionaryError::TooManyKeys)
    }

    /// Looks at a dictionary, having checked all of it. Time: linear in the bytes.
    ///
    /// # Errors
    /// [`ImageError`] where the bytes are none, or none of this version of the library.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let dictionary = Self::view(bytes)?;
        if dictionary.is_right() { Ok(dictionary) } else { Err(ImageError::Corrupt) }
    }

    /// As [`open`](Self::open), of bytes that were opened before. What the header promises is there; where the rest was
    /// changed, keys are not found. Constant time.
    ///
    /// # Errors
    /// Where the tables do not fit the bytes.
    pub(crate) fn view(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let (header, rest) = Header::ref_from_prefix(bytes).map_err(|_| ImageError::NotAnImage)?;
        if header.magic != MAGIC {
            return Err(ImageError::NotAnImage);
        }
        if header.format.get() != FORMAT {
            return Err(ImageError::OtherFormat(header.format.get()));
        }
        if header.size.get() as usize != bytes.len() {
            return Err(ImageError::WrongSize);
        }
        let (count, slots) = (header.count.get() as usize, header.slots.get() as usize);
        if count > MAX_CONTEXT {
            return Err(ImageError::Corrupt);
        }
        let (slots, rest) =
            <[U16]>::ref_from_prefix_with_elems(rest, slots).map_err(|_| ImageError::WrongSize)?;
        let (records, _) =
            <[ContextRecord]>::ref_from_prefix_with_elems(rest, count).map_err(|_| ImageError::WrongSize)?;
        Ok(Self { header, slots, records, bytes })
    }

    /// Whether every key is found by its name, under its own number alone, and what is noted of it is right.
    fn is_right(&self) -> bool {
        let (header, count) = (self.header, self.records.len());
        let crowded_first = header.crowded_first.get() as usize;
        let used = self.slots.iter().filter(|slot| **slot != U16::ZERO).count();
        let shape = header.reserved == U16::ZERO
            && (self.slots.is_empty() || self.slots.len().is_power_of_two())
            && self.slots.len() >= slots_for(count)
            && crowded_first <= count
            && used == crowded_first;
        let in_order = self.records.get(crowded_first..).is_some_and(|crowded| {
            crowded.is_sorted_by(|one, other| one.ordered_by(self.bytes) < other.ordered_by(self.bytes))
        });
        shape
            && in_order
            && self.records.iter().enumerate().all(|(number, record)| {
                let name = self.text(record.name);
                (1..=MAX_KEY_NAME).contains(&name.len())
                    && name.len() == record.name.len.get() as usize
                    && core::str::from_utf8(name).is_ok()
                    && !name.iter().any(u8::is_ascii_uppercase)
                    && *record == new_record(name, record.name)
                    && self.find(name) == Some(number)
            })
            && header.fingerprint == fingerprint(self.records, |text| self.text(text))
    }

    fn text(&self, text: Text) -> &'a [u8] {
        text.of(self.bytes)
    }

    fn find(&self, name: &[u8]) -> Option<usize> {
        let crowded_first = self.header.crowded_first.get() as usize;
        let hash = hash::short_folded(name);
        find(self.slots, self.records, crowded_first, hash, name, |text| self.text(text))
    }

    /// The slot of the key with this name, in any case. Time linear in the name.
    #[must_use]
    pub fn slot(&self, name: impl AsRef<[u8]>) -> Option<u32> {
        u32::try_from(self.find(name.as_ref())?).ok()
    }

    /// The name of the key with this slot, in lower case.
    #[must_use]
    pub fn name(&self, slot: u32) -> Option<&'a str> {
        let record = self.records.get(slot as usize)?;
        core::str::from_utf8(self.text(record.name)).ok()
    }

    /// How many keys it has: their slots are the numbers below.
    #[must_use]
    pub fn count(&self) -> usize {
        self.records.len()
    }

    /// A number that tells dictionaries apart: of the names in lower case, in the order of their slots. It is no
    /// defence, for names with the fingerprint of others can be made.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.header.fingerprint.get()
    }

    /// The bytes of the dictionary: they may be stored, sent and opened again, by every library of the same format.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The tables as they lie in the bytes: their places, their records, the first crowded one.
    pub(crate) fn tables(&self) -> (&'a [U16], &'a [ContextRecord], u32) {
        (self.slots, self.records, self.header.crowded_first.get())
    }

    /// The names, and where they begin in the bytes.
    pub(crate) fn names(&self) -> (&'a [u8], usize) {
        let start = size_of::<Header>() + size_of_val(self.slots) + size_of_val(self.records);
        (self.bytes.get(start..).unwrap_or_default(), start)
    }
}

/// The record of a key with this name in lower case, which has no values yet.
fn new_record(name: &[u8], text: Text) -> ContextRecord {
    ContextRecord {
        hash: U32::new(hash::short(name)),
        name: text,
        known: known_key::number(name),
        ..ContextRecord::default()
    }
}

/// The fingerprint of names: never 0, which stands for no dictionary.
fn fingerprint<'r>(records: &[ContextRecord], read: impl Fn(Text) -> &'r [u8]) -> U64 {
    let seed = records.len() as u64;
    let state = records.iter().fold(seed, |state, record| hash::hash(read(record.name), state));
    U64::new(if state == 0 { 1 } else { state })
}

/// The room that building a dictionary takes.
struct Room {
    slots: usize,
    /// Records: of a key that is crowded, each time that it comes takes one until they are merged.
    records: usize,
    /// Bytes of the names.
    text: usize,
}

impl Room {
    fn of<'n>(names: impl Iterator<Item = &'n [u8]>) -> Result<Self, DictionaryError> {
        let (mut count, mut text) = (0_usize, 0_usize);
        for (at, name) in names.enumerate() {
            match name.len() {
                0 => return Err(DictionaryError::NoName(at)),
                1..=MAX_KEY_NAME => text = text.saturating_add(name.len()),
                _ => return Err(DictionaryError::TooLong(at)),
            }
            if core::str::from_utf8(name).is_err() {
                return Err(DictionaryError::Encoding(at));
            }
            count = at + 1;
        }
        Ok(Self { slots: slots_for(count.min(MAX_CONTEXT)), records: count.min(2 * MAX_CONTEXT), text })
    }

    /// Where the names begin.
    fn names_start(&self) -> usize {
        size_of::<Header>() + self.slots * size_of::<U16>() + self.records * size_of::<ContextRecord>()
    }

    fn size(&self) -> usize {
        self.names_start().saturating_add(self.text)
    }
}

/// As [`Dictionary::size`], of names that may not be UTF-8.
pub(crate) fn size<'n>(names: impl Iterator<Item = &'n [u8]>) -> Result<usize, DictionaryError> {
    Ok(Room::of(names)?.size())
}

/// As [`Dictionary::build`], of names that may not be UTF-8; returns the bytes used.
pub(crate) fn build<'n>(
    names: impl Iterator<Item = &'n [u8]> + Clone,
    out: &mut [u8],
) -> Result<usize, DictionaryError> {
    let room = Room::of(names.clone())?;
    let too_small = || DictionaryError::OutputTooSmall(room.size());
    let (head, text) = out.split_at_mut_checked(room.names_start()).ok_or_else(too_small)?;
    if text.len() < room.text {
        return Err(too_small());
    }
    let (header, tables) = Header::mut_from_prefix(head).map_err(|_| too_small())?;
    let (slots, tables) = <[U16]>::mut_from_prefix_with_elems(tables, room.slots).map_err(|_| too_small())?;
    let (records, _) =
        <[ContextRecord]>::mut_from_prefix_with_elems(tables, room.records).map_err(|_| too_small())?;
    // From here on there is no dictionary, until all of it is there.
    header.magic = [0; 4];
    let mut table = KeyTable::new(slots, records);
    let used = add_names(names, &mut table, text).ok_or(DictionaryError::TooManyKeys)?;

    let names = text.get(..used).unwrap_or_default();
    let (count, crowded) = (table.count, table.crowded);
    let in_use = table.records.get_mut(..count).unwrap_or_default();
    let fingerprint = fingerprint(in_use, |text| text.of(names));
    let start = room.names_start() - (room.records - count) * size_of::<ContextRecord>();
    let [begin, end] = [start, start + used].map(u32::try_from);
    let (Ok(begin), Ok(size)) = (begin, end) else { return Err(DictionaryError::TooManyKeys) };
    for record in in_use.iter_mut() {
        record.name.start += U32::new(begin);
    }
    let number =
        |number: usize| u32::try_from(number).map(U32::new).map_err(|_| DictionaryError::TooManyKeys);
    *header = Header {
        magic: MAGIC,
        format: U16::new(FORMAT),
        reserved: U16::ZERO,
        size: U32::new(size),
        count: number(count)?,
        slots: number(table.slots.len())?,
        crowded_first: number(count - crowded)?,
        fingerprint,
    };
    // The names follow the records that are in use.
    for at in start..size as usize {
        let byte = out.get(at + (room.names_start() - start)).copied();
        if let (Some(byte), Some(slot)) = (byte, out.get_mut(at)) {
            *slot = byte;
        }
    }
    Ok(size as usize)
}

/// Adds names to a table; their texts count from the first byte of `text`. Returns the bytes of it that are used, or
/// `None` where there are too many.
fn add_names<'n>(
    names: impl Iterator<Item = &'n [u8]>,
    table: &mut KeyTable<'_>,
    text: &mut [u8],
) -> Option<usize> {
    let mut used = 0;
    for name in names {
        if table.count + table.crowded >= table.records.len() {
            // At least half of them are repeated, so that this is done seldom.
            table.merge_crowded(|name| name.of(text))?;
            if table.count + table.crowded > MAX_CONTEXT {
                return None;
            }
        }
        let number = match table.note(hash::short_folded(name), name, |name| name.of(text))? {
            Noted::Found(_) => continue,
            Noted::New(number) | Noted::Crowded(number) => number,
        };
        let end = used + name.len();
        let place = text.get_mut(used..end)?;
        // That it is UTF-8 was seen when it was measured.
        let _ = copy::copy_folded(name, place);
        let start = U32::new(u32::try_from(used).ok()?);
        let len = U32::new(u32::try_from(name.len()).ok()?);
        *table.records.get_mut(number)? = new_record(place, Text { start, len });
        used = end;
    }
    let text = &*text;
    table.order_crowded(|name| name.of(text))?;
    (table.count <= MAX_CONTEXT).then_some(used)
}
