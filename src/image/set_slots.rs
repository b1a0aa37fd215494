//! Giving the conditions of a set the slots of a dictionary, in place.

use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U64};

use super::dictionary::Dictionary;
use super::policy::{ImageError, Policy};
use super::records::slice;
use super::set::PolicySet;
use super::set_records::{ConditionRow, NO_SLOT, SetEntry, SetHeader};

impl PolicySet<'_> {
    /// Gives the conditions of a set, whose bytes these are, the slots of a dictionary: of requests that are assembled
    /// with the same one, a decision then finds the values of a condition's key without a search. No decision changes by
    /// it: requests of another dictionary or of none are decided by the names of keys, as they are by a set that has no
    /// slots.
    ///
    /// The bytes have to be those of a set that was built or opened, and stay one. A set has the slots of one dictionary:
    /// those that it had are replaced. Cost: linear in the set, with a look-up in the dictionary for each condition.
    ///
    /// ```
    /// use iamlet::{CompileOptions, Dictionary, Layer, Levels, Policy, PolicyKind, PolicySet, SmallScratch};
    ///
    /// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
    ///     "Condition": {"StringEquals": {"s3:prefix": "plans/"}}}}"#;
    /// let (mut scratch, mut policy, mut memory, mut words) = (SmallScratch::new(), [0; 256], [0; 1024], [0; 256]);
    /// let options = CompileOptions::default();
    /// let policy = Policy::compile(PolicyKind::Identity, json, options, &mut scratch, &mut policy)?;
    /// let dictionary = Dictionary::build(["aws:SourceIp", "s3:prefix"], &mut words)?;
    /// let used = PolicySet::build([policy.at(Layer::Identity)], Levels::default(), &mut memory)?.as_bytes().len();
    /// PolicySet::assign_slots(&mut memory[..used], &dictionary)?;
    /// assert_eq!(PolicySet::open(&memory[..used])?.dictionary(), dictionary.fingerprint());
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where the bytes are no set, or it was changed; or where the dictionary was. Then nothing is written.
    pub fn assign_slots(set: &mut [u8], dictionary: &Dictionary<'_>) -> Result<(), ImageError> {
        let view = PolicySet::view(set)?;
        let (policies, conditions) = (view.policy_count(), view.header.conditions.get() as usize);
        let conditions_start = view.conditions_start();
        let fingerprint = dictionary.fingerprint();
        if fingerprint == 0 {
            return Err(ImageError::Corrupt);
        }
        let corrupt = ImageError::Corrupt;
        let (front, rest) = set.split_at_mut_checked(conditions_start).ok_or(corrupt)?;
        let (header, entries) = SetHeader::mut_from_prefix(front).map_err(|_| corrupt)?;
        let (entries, _) =
            <[SetEntry]>::ref_from_prefix_with_elems(entries, policies).map_err(|_| corrupt)?;
        let (rows, images) =
            <[ConditionRow]>::mut_from_prefix_with_elems(rest, conditions).map_err(|_| corrupt)?;
        let keys = Keys { entries, images, before: conditions_start + size_of_val(rows) };
        // Every key is there before the first slot is written.
        let mut left = rows.len();
        let mut count = |_: &[u8]| {
            left = left.checked_sub(1)?;
            Some(())
        };
        keys.for_each(&mut count).ok_or(corrupt)?;
        if left != 0 {
            return Err(corrupt);
        }
        let mut rows = rows.iter_mut();
        let mut assign = |name: &[u8]| {
            let slot = dictionary.slot(name).and_then(|slot| u16::try_from(slot).ok());
            rows.next()?.slot = slot.map_or(NO_SLOT, U16::new);
            Some(())
        };
        keys.for_each(&mut assign).ok_or(corrupt)?;
        header.dictionary = U64::new(fingerprint);
        Ok(())
    }

    /// The fingerprint of the dictionary whose slots the set has; 0 for none.
    #[must_use]
    pub fn dictionary(&self) -> u64 {
        self.header.dictionary.get()
    }
}

/// Where the names of the conditions' keys are.
struct Keys<'a> {
    entries: &'a [SetEntry],
    /// The images, and what is behind them.
    images: &'a [u8],
    /// Bytes of the set before them.
    before: usize,
}

impl Keys<'_> {
    /// Hands the name of each condition's key to `each`, in the order of their rows. `None` where one is not there, or
    /// `each` wants no more.
    fn for_each(&self, each: &mut impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
        for entry in self.entries {
            let start = (entry.start.get() as usize).checked_sub(self.before)?;
            let image = self.images.get(start..)?.get(..entry.size.get() as usize)?;
            let policy = Policy::view(image).ok()?;
            for condition in policy.conditions() {
                let key = policy.keys().get(usize::from(condition.key.get()))?;
                each(slice(policy.text(), key.start, key.len)?)?;
            }
        }
        Some(())
    }
}
