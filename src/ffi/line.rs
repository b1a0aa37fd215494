//! A decision in one line.

use core::ffi::{c_char, c_void};
use core::fmt::Write;

use super::args::{Checked, Outputs};
use super::decide::{IAMLET_NONE, iamlet_decision};
use super::status::iamlet_status;
use super::writer::{Writer, put_text};
use crate::evaluate::decision::{Decisive, Effect, Reason};
use crate::image::layer::{Layer, Layers};
use crate::request::{Request, RequestItem};
use crate::tell::line::DecisionLine;

/// The bytes that iamlet_decision_format takes at most.
pub const IAMLET_DECISION_ROOM: usize = 2560;

const _: () = assert!(IAMLET_DECISION_ROOM == DecisionLine::MOST);

/// Writes a decision in one line, for a log: effect, who, what, on what; why; layer, level, set, policy,
/// statement, Sid and tag, or after an error all layers that it is about. Long texts are cut, and
/// characters that would end the line are escaped.
///
/// `allow: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::b/k: an identity-based
/// policy allows (identity-based policy, set 0, policy 1, statement 0, Sid Read, tag 7)`
///
/// @param decision    the decision, with its Sid still there.
/// @param request     the prepared request; NULL for none, and then it is left out, as are bytes that
///                    are no request.
/// @param request_len its bytes.
/// @param item        the prepared item that it is about; NULL for none.
/// @param item_len    its bytes.
/// @param out         where the line goes, without a NUL; NULL where out_len is 0, to ask for the size.
///                    IAMLET_DECISION_ROOM suffices.
/// @param out_len     its bytes.
/// @param used        the bytes that the line takes.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_decision_format(
    decision: *const iamlet_decision,
    request: *const c_void,
    request_len: usize,
    item: *const c_void,
    item_len: usize,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    let read = |outputs: &Outputs<2>| {
        // SAFETY: the caller promises that inputs are readable, the Sid of the decision among them.
        let line = unsafe { read_line(outputs.value(decision)?, outputs)? };
        // SAFETY: as above.
        let request = unsafe { outputs.slice(request.cast::<u8>(), request_len)? };
        // SAFETY: as above.
        let item = unsafe { outputs.slice(item.cast::<u8>(), item_len)? };
        let line =
            DecisionLine { request: Request::open(request).ok(), item: RequestItem::open(item).ok(), ..line };
        Ok(move |writer: &mut Writer<'_>| {
            let _ = write!(writer, "{line}");
        })
    };
    // SAFETY: the caller promises that outputs are writable.
    unsafe { put_text(out, out_len, used, read) }
}

/// What a decision says.
///
/// # Safety
/// The Sid must be readable for `'a`.
unsafe fn read_line<'a, const N: usize>(
    decision: &iamlet_decision,
    outputs: &Outputs<N>,
) -> Checked<DecisionLine<'a>> {
    let unknown = iamlet_status::IAMLET_UNKNOWN_VALUE;
    let effect = Effect::ALL.into_iter().find(|effect| *effect as u32 == decision.effect).ok_or(unknown)?;
    let reason = Reason::ALL.into_iter().find(|reason| *reason as u32 == decision.reason).ok_or(unknown)?;
    let status = iamlet_status::message(decision.status).ok_or(unknown)?;
    let layer = match decision.layer {
        0 => None,
        number => Some(Layer::from_number(number).ok_or(unknown)?),
    };
    // SAFETY: the caller's promise is ours.
    let sid = unsafe { outputs.text(decision.sid)? };
    let sid = core::str::from_utf8(sid).map_err(|_| iamlet_status::IAMLET_NOT_UTF8)?;
    let failed = decision.status != iamlet_status::IAMLET_OK as u32;
    let of_layer = layer.map_or(Layers::NONE, Layers::from);
    let all = Layers::from_bits(decision.layers).ok_or(unknown)?;
    Ok(DecisionLine {
        effect,
        why: if failed { status } else { reason.message() },
        layers: if failed { all } else { of_layer },
        level: layer.filter(|layer| layer.has_levels() && !failed).map(|_| decision.level),
        decisive: (decision.policy != IAMLET_NONE && !failed).then_some(Decisive {
            set: decision.set as usize,
            policy: decision.policy,
            tag: decision.tag,
            statement: decision.statement,
            sid,
        }),
        request: None,
        item: None,
    })
}
