//! Why a decision is what it is.

use core::ffi::{c_char, c_void};
use core::fmt::{self, Write};

use heapless::Vec;

use super::args::{self, Checked, Outputs, attempt, range, status_of};
use super::decide::{iamlet_batch_entry, iamlet_decision, put_answer, read_item, with_sets};
use super::record::{iamlet_record, slots};
use super::request::read_request;
use super::set::{iamlet_set, read_set};
use super::status::iamlet_status;
use super::text::iamlet_text;
use super::writer::{Writer, put_text};
use crate::evaluate::explain::ExplainError;
use crate::evaluate::explanation::Record;
use crate::evaluate::record_slot::RecordSlot;
use crate::evaluate::{Item, explain};
use crate::ground::limits::MAX_SETS;
use crate::image::set::PolicySet;
use crate::request::Request;
use crate::tell::{Explanation, Source, Sources};

/// Decides a request as iamlet_decide does, and writes down why: first the decision, then the layers whose
/// Allow is missing, then the statements that decide, each followed by its conditions, and then those that
/// nearly did, in the order of layer, level, set, policy and statement.
///
/// Of iamlet_decide_resources, iamlet_decide_batch and iamlet_filter, explain one answer at a time, with the
/// entry that it is about: the answer is the same. Each statement of the layers that apply is judged once or
/// twice, whether the sets have indexes or not, within the budget of the request. The stack used is below
/// 8 KiB.
///
/// @param sets        as in iamlet_decide.
/// @param set_count   how many.
/// @param request     the prepared request.
/// @param request_len its bytes.
/// @param item        the entry with the item that it is about, whose `request` is not used; NULL for none.
/// @param decision    the answer.
/// @param records     room for the records; NULL where `record_count` is 0, to ask for their number.
/// @param record_count how many fit.
/// @param used        the number of records; after an error but IAMLET_BUFFER_TOO_SMALL it is 0.
/// @return as iamlet_decide; IAMLET_BUFFER_TOO_SMALL where there are more records than fit: then the records
///         are zeroed, and the answer denies. After any error the answer denies.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain(
    sets: *const iamlet_set,
    set_count: usize,
    request: *const c_void,
    request_len: usize,
    item: *const iamlet_batch_entry,
    decision: *mut iamlet_decision,
    records: *mut iamlet_record,
    record_count: usize,
    used: *mut usize,
) -> iamlet_status {
    status_of(|| {
        let mut needed = 0;
        let outcome = attempt(|| {
            let outputs =
                Outputs::new([range(decision, 1)?, range(records, record_count)?, range(used, 1)?])?;
            // SAFETY: the caller promises that outputs are writable; an `iamlet_record` is a slot.
            let slots = unsafe { args::slice_mut(slots(records), record_count)? };
            slots.fill(RecordSlot::EMPTY);
            let explained = attempt(|| {
                // SAFETY: the caller promises that inputs are readable.
                let request = unsafe { read_request(request, request_len, &outputs)? };
                // SAFETY: as above.
                let item = unsafe { read_item_if_given(item, &outputs)? };
                // SAFETY: as above.
                unsafe {
                    with_sets(sets, set_count, &outputs, |sets| {
                        explain(sets, request, item, slots)
                            .map(|(decision, records)| (decision, records.len()))
                    })
                }
            });
            let outcome = match explained? {
                Ok((decision, records)) => {
                    needed = records;
                    return Ok(Ok(decision));
                }
                Err(ExplainError::Decide(error)) => Ok(Err(error)),
                Err(ExplainError::TooFewRecords(records)) => {
                    needed = records;
                    Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL)
                }
            };
            slots.fill(RecordSlot::EMPTY);
            outcome
        });
        // SAFETY: the caller promises that outputs are writable. One that cannot be is an error already.
        let _ = unsafe { args::put(used, needed) };
        // SAFETY: as above.
        unsafe { put_answer(decision, 0, &outcome) }
    })
}

/// The item of an entry, if there is one.
///
/// # Safety
/// As `read_item`.
unsafe fn read_item_if_given<'a, const N: usize>(
    entry: *const iamlet_batch_entry,
    outputs: &Outputs<N>,
) -> Checked<Option<Item<'a>>> {
    if entry.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise is ours.
    unsafe { read_item(outputs.value(entry)?, outputs).map(Some) }
}

/// Where a policy comes from, for the texts of explanations. Set it to zero first.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_source {
    /// Your tag of the policy. Give each policy its own.
    pub tag: u64,
    /// The name of its file, or what its readers call it.
    pub name: iamlet_text,
    /// The source map that compiling wrote; NULL for none.
    pub map: *const c_void,
    /// Its bytes.
    pub map_len: usize,
}

/// An explanation with what its records point to, for texts. Set it to zero first.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_explanation {
    /// The sets, as they were explained.
    pub sets: *const iamlet_set,
    /// How many.
    pub set_count: usize,
    /// The prepared request.
    pub request: *const c_void,
    /// Its bytes.
    pub request_len: usize,
    /// The entry of the item; NULL for none.
    pub item: *const iamlet_batch_entry,
    /// The records.
    pub records: *const iamlet_record,
    /// How many.
    pub count: usize,
    /// Where the policies come from; NULL where that is not known. One without a source is told by its numbers.
    pub sources: *const iamlet_source,
    /// How many.
    pub source_count: usize,
}

/// Writes an explanation in full, for operators: lines of at most 80 columns, but for words that are longer, and
/// no line end behind the last. It tells what policies say: clients get iamlet_explain_client_text.
///
/// Characters that would end a line or turn it around are escaped.
///
/// @param explanation the explanation.
/// @param out         where the text goes, without a NUL; NULL where out_len is 0, to ask for the size.
/// @param out_len     its bytes.
/// @param used        the bytes that the text takes.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain_text(
    explanation: *const iamlet_explanation,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller's promise is ours.
    unsafe { put(explanation, out, out_len, used, |writer, explanation| write!(writer, "{explanation}")) }
}

/// Writes an explanation as one line of JSON, for audit logs and tools; docs/explanations.md has its members. It
/// is not for clients.
///
/// @param explanation the explanation.
/// @param out         as in iamlet_explain_text.
/// @param out_len     its bytes.
/// @param used        the bytes that the JSON takes.
/// @return as iamlet_explain_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain_json(
    explanation: *const iamlet_explanation,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller's promise is ours.
    unsafe {
        put(explanation, out, out_len, used, |writer, explanation| write!(writer, "{}", explanation.json()))
    }
}

/// Writes an explanation as one item of EvaluationResults, the shape in which simulate-custom-policy answers, for
/// emulators. It is not for clients.
///
/// @param explanation the explanation.
/// @param out         as in iamlet_explain_text.
/// @param out_len     its bytes.
/// @param used        the bytes that the JSON takes.
/// @return as iamlet_explain_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain_simulation(
    explanation: *const iamlet_explanation,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller's promise is ours.
    unsafe {
        put(explanation, out, out_len, used, |writer, explanation| {
            write!(writer, "{}", explanation.simulation())
        })
    }
}

/// Writes AWS's own sentence for AccessDenied, as one line: `User: arn is not authorized to perform: s3:GetObject
/// on resource: "arn" with an explicit deny in a service control policy`. AWS tells it to the caller of its own
/// account.
///
/// @param explanation the explanation.
/// @param out         as in iamlet_explain_text.
/// @param out_len     its bytes.
/// @param used        the bytes that the sentence takes.
/// @return as iamlet_explain_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain_sentence(
    explanation: *const iamlet_explanation,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller's promise is ours.
    unsafe {
        put(explanation, out, out_len, used, |writer, explanation| {
            write!(writer, "{}", explanation.sentence())
        })
    }
}

/// Writes what a client may know: the type of the policy, and whether it denies explicitly. No ARN, and nothing
/// that a policy says: `explicit deny in a service control policy`.
///
/// @param explanation the explanation.
/// @param out         as in iamlet_explain_text.
/// @param out_len     its bytes.
/// @param used        the bytes that the text takes.
/// @return as iamlet_explain_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain_client_text(
    explanation: *const iamlet_explanation,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller's promise is ours.
    unsafe {
        put(explanation, out, out_len, used, |writer, explanation| {
            write!(writer, "{}", explanation.for_clients())
        })
    }
}

/// The texts of a record, as they lie in the sets.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_record_texts {
    /// STATEMENT: its Sid; empty for none.
    pub sid: iamlet_text,
    /// CONDITION: the name of its key, in lower case.
    pub key: iamlet_text,
}

/// The texts that a record points to. They lie in the sets' own bytes.
///
/// @param explanation the explanation.
/// @param number      the number of the record.
/// @param texts       the texts; empty after an error.
/// @return IAMLET_OK; IAMLET_UNKNOWN_VALUE for a number that is none of a record, and for a record of other sets;
///         or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_explain_record_texts(
    explanation: *const iamlet_explanation,
    number: usize,
    texts: *mut iamlet_record_texts,
) -> iamlet_status {
    const NONE: iamlet_record_texts =
        iamlet_record_texts { sid: iamlet_text::EMPTY, key: iamlet_text::EMPTY };
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(texts, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let given = unsafe { Given::read(explanation, &outputs)? };
            let explanation = given.explanation();
            let unknown = iamlet_status::IAMLET_UNKNOWN_VALUE;
            match given.records.get(number).and_then(RecordSlot::record).ok_or(unknown)? {
                Record::Statement(judged) => {
                    let sid = explanation.find(&judged).ok_or(unknown)?.sid();
                    Ok(iamlet_record_texts { sid: iamlet_text::from_text(sid), ..NONE })
                }
                Record::Condition(judged) => {
                    let key = explanation.condition(&judged).ok_or(unknown)?.folded_key();
                    let key = core::str::from_utf8(key).map_err(|_| iamlet_status::IAMLET_CORRUPT)?;
                    Ok(iamlet_record_texts { key: iamlet_text::from_text(key), ..NONE })
                }
                _ => Ok(NONE),
            }
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(texts, found, NONE) }
    })
}

/// An explanation that was read.
struct Given<'a> {
    sets: Vec<PolicySet<'a>, MAX_SETS>,
    request: Request<'a>,
    item: Option<Item<'a>>,
    records: &'a [RecordSlot],
    sources: GivenSources<'a>,
}

/// Sources, whose names are UTF-8 and whose memory is that of no output.
#[derive(Clone, Copy)]
struct GivenSources<'a>(&'a [iamlet_source]);

impl fmt::Debug for GivenSources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Sources for GivenSources<'_> {
    fn source(&self, tag: u64) -> Option<Source<'_>> {
        let source = self.0.iter().find(|source| source.tag == tag)?;
        // SAFETY: `Given::read` has checked all of them.
        let name = unsafe { args::checked_slice(source.name.data.cast::<u8>(), source.name.len) };
        // SAFETY: as above.
        let map = unsafe { args::checked_slice(source.map.cast::<u8>(), source.map_len) };
        Some(Source { tag, name: core::str::from_utf8(name).unwrap_or_default(), map })
    }
}

impl<'a> Given<'a> {
    /// Reads an explanation.
    ///
    /// # Safety
    /// All that it points to must be readable and unchanged for `'a`.
    unsafe fn read<const N: usize>(
        explanation: *const iamlet_explanation,
        outputs: &Outputs<N>,
    ) -> Checked<Self> {
        // SAFETY: the caller's promise is ours.
        let given = unsafe { outputs.value(explanation)? };
        if given.set_count > MAX_SETS {
            return Err(iamlet_status::IAMLET_TOO_MANY_SETS);
        }
        // SAFETY: as above.
        let list = unsafe { outputs.slice(given.sets, given.set_count)? };
        let mut sets = Vec::new();
        for set in list {
            // SAFETY: as above.
            let set = unsafe { read_set(set, outputs)? };
            sets.push(set).map_err(|_| iamlet_status::IAMLET_TOO_MANY_SETS)?;
        }
        // SAFETY: as above.
        let request = unsafe { read_request(given.request, given.request_len, outputs)? };
        // SAFETY: as above.
        let item = unsafe { read_item_if_given(given.item, outputs)? };
        // SAFETY: as above; an `iamlet_record` is a slot.
        let records = unsafe { outputs.slice(slots(given.records.cast_mut()).cast_const(), given.count)? };
        // SAFETY: as above.
        let sources = unsafe { outputs.slice(given.sources, given.source_count)? };
        for source in sources {
            // SAFETY: as above.
            let name = unsafe { outputs.text(source.name)? };
            core::str::from_utf8(name).map_err(|_| iamlet_status::IAMLET_NOT_UTF8)?;
            outputs.apart(source.map.cast::<u8>(), source.map_len)?;
        }
        Ok(Self { sets, request, item, records, sources: GivenSources(sources) })
    }

    fn explanation(&self) -> Explanation<'_> {
        Explanation::new(&self.sets, self.request, self.item, self.records).with_sources(&self.sources)
    }
}

/// Writes a text of an explanation.
///
/// # Safety
/// As for the functions above.
unsafe fn put(
    explanation: *const iamlet_explanation,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
    text: impl Fn(&mut Writer<'_>, &Explanation<'_>) -> fmt::Result,
) -> iamlet_status {
    let read = |outputs: &Outputs<2>| {
        // SAFETY: the caller's promise is ours.
        let given = unsafe { Given::read(explanation, outputs)? };
        Ok(move |writer: &mut Writer<'_>| {
            let _ = text(writer, &given.explanation());
        })
    };
    // SAFETY: the caller promises that outputs are writable.
    unsafe { put_text(out, out_len, used, read) }
}
