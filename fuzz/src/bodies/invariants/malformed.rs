//! A malformed request is never allowed (R-GEN-3): one contradiction is planted in a good request. Preparing refuses it,
//! which is before any policy is looked at, and leaves nothing in the memory that could be decided.

use iamlet::evaluate::decide_resources_by_scan;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    DecideError, Item, ItemInput, PolicySet, PrepareError, PrincipalType, Request, RequestInput, RequestItem,
    ResourceKind, decide_item, decide_resources,
};
use iamlet_cases::{Case, OwnedContext, OwnedEntry, OwnedPrincipal, OwnedRequest};

use super::reached::count;
use crate::naive::generate::Rng;

/// A request with a contradiction, and what a case's request cannot say.
struct Planted {
    request: OwnedRequest,
    derive_resource_account: bool,
}

/// One contradiction in a good request: it is refused, in one piece and with items.
pub(super) fn malformed(rng: &mut Rng, good: &OwnedRequest) {
    let new = || Planted { request: good.clone(), derive_resource_account: false };
    let (mut planted, mut what) = (new(), None);
    for _ in 0..4 {
        planted = new();
        what = plant(rng, &mut planted);
        if what.is_some() {
            break;
        }
    }
    let Some(what) = what else { return count("malformed: not possible here") };
    let allowed = |how: &str| -> ! { panic!("{what}, {how}, was prepared: {:#?}", planted.request) };
    count(what);
    // The memory holds a good request, as if it were used again.
    let mut memory = good.prepare().map(|prepared| prepared.request).unwrap_or_default();
    let Ok(input) = planted.request.input() else {
        // What only a case says, and its reader refuses.
        return;
    };
    let input = input.derive_resource_account(planted.derive_resource_account);
    if let Some(arn) = &planted.request.resource {
        if is_prepared(&input, &[], &mut memory) {
            allowed("in one piece");
        }
        let (context, none) = (&planted.request.context, OwnedContext::default());
        let item = |context| ItemInput::new(planted.request.resource_at(arn)).context(context);
        let input = input.resource(None);
        if is_prepared(&input, &[item(context)], &mut memory) {
            allowed("with its context twice");
        }
        if is_prepared(&input, &[item(&none)], &mut memory) {
            allowed("with an item");
        }
        if is_prepared(&input.context(&none), &[item(context)], &mut memory) {
            allowed("with the context in the item");
        }
        return;
    }
    let list = planted.request.items.iter().flatten();
    let items: Vec<_> = list
        .map(|item| ItemInput::new(planted.request.resource_at(&item.arn)).context(&item.context))
        .collect();
    if is_prepared(&input, &items, &mut memory) {
        allowed("with its items");
    }
}

/// Whether a request is prepared. Where it is not, the memory holds none, whatever it held before.
fn is_request_prepared(input: &RequestInput<'_, OwnedContext>, memory: &mut Vec<u8>) -> bool {
    let size = input.size().unwrap_or(0);
    memory.resize(memory.len().max(size), 0xA5);
    match prepare_request(input, memory) {
        Ok(_) => true,
        Err(error) => {
            assert!(matches!(error, PrepareError::Malformed(_)), "{error:?}");
            assert!(Request::open(memory).is_err(), "{error:?} left a request");
            assert!(RequestItem::open(memory).is_err(), "{error:?} left an item");
            false
        }
    }
}

/// Whether a request and all its items are prepared.
fn is_prepared(
    input: &RequestInput<'_, OwnedContext>,
    items: &[ItemInput<'_, OwnedContext>],
    memory: &mut Vec<u8>,
) -> bool {
    if !is_request_prepared(input, memory) {
        return false;
    }
    let request = Request::open(memory).expect("a prepared request opens");
    items.iter().all(|item| {
        let mut own = vec![0xA5; item.size().unwrap_or(0)];
        // As after an item that was prepared there before.
        if let Some(front) = own.get_mut(..4) {
            front.copy_from_slice(b"IAMi");
        }
        match prepare_item(&request, item, &mut own) {
            Ok(_) => true,
            Err(error) => {
                assert!(matches!(error, PrepareError::Malformed(_)), "{error:?}");
                assert!(RequestItem::open(&own).is_err(), "{error:?} left an item");
                assert!(Request::open(&own).is_err(), "{error:?} left a request");
                false
            }
        }
    })
}

fn kind_of(principal: &OwnedPrincipal) -> Option<PrincipalType> {
    PrincipalType::from_arn(&principal.arn).or(principal.kind)
}

/// A text with one of its colon-separated fields changed; as it is where it has no such field.
fn with_field(text: &str, number: usize, field: &str) -> String {
    let mut fields: Vec<&str> = text.splitn(6, ':').collect();
    if let Some(slot) = fields.get_mut(number) {
        *slot = field;
    }
    fields.join(":")
}

/// Another text of two.
fn other<'t>(text: &str, [one, two]: [&'t str; 2]) -> &'t str {
    if text == one { two } else { one }
}

const ACCOUNTS: [&str; 2] = ["444455556666", "777788889999"];
const PARTITIONS: [&str; 2] = ["aws", "aws-cn"];

/// Applies `change` to one resource of the request, if it has one.
fn change_resource(
    rng: &mut Rng,
    request: &mut OwnedRequest,
    change: impl FnOnce(&str) -> Option<String>,
) -> bool {
    let slot = match (&mut request.resource, &mut request.items) {
        (Some(arn), _) => arn,
        (None, Some(items)) if !items.is_empty() => {
            let at = rng.below(items.len());
            &mut items[at].arn
        }
        _ => return false,
    };
    let Some(changed) = change(slot) else { return false };
    *slot = changed;
    true
}

/// Plants a contradiction; returns which, or `None` where the request has no place for the one that was chosen.
fn plant(rng: &mut Rng, planted: &mut Planted) -> Option<&'static str> {
    let kind = kind_of(&planted.request.principal)?;
    let request = &mut planted.request;
    match rng.below(21) {
        0 => {
            let action =
                &["s3:Get*", "s3:Get?bject", "GetObject", "s3:", ":Get", "", "*", "s3:Get:Object", "s3:Gét"];
            request.action = rng.text(action);
            Some("malformed: action")
        }
        1 => {
            request.action = format!("s3:{}", "a".repeat(1 << 16));
            Some("malformed: too long")
        }
        2 => {
            // R-RES-15
            let all = [ResourceKind::Ordinary, ResourceKind::KmsKey, ResourceKind::Role];
            request.resource_kind = None;
            let own = request.kind();
            let others: Vec<_> = all.into_iter().filter(|stated| *stated != own).collect();
            request.resource_kind = Some(*rng.pick(&others));
            if request.items.as_ref().is_some_and(Vec::is_empty) { None } else { Some("malformed: kind") }
        }
        3 => {
            // R-PRIN-1
            if request.principal.arn.is_empty() {
                request.principal.arn = "arn:aws:iam::111122223333:user/alice".into();
            } else {
                let is_other = |stated: &PrincipalType| {
                    *stated != kind
                        && (kind, *stated) != (PrincipalType::OriginAccessIdentity, PrincipalType::User)
                };
                let others: Vec<_> = PrincipalType::ALL.into_iter().filter(is_other).collect();
                request.principal.kind = Some(*rng.pick(&others));
            }
            Some("malformed: principal type")
        }
        4 => {
            request.principal.arn = "arn:aws:iam::111122223333:role/App".into();
            Some("malformed: role as principal")
        }
        5 | 6 | 20 | 21 => contradict_principal(rng, &mut request.principal, kind),
        7 => {
            // R-PRIN-17
            if !matches!(kind, PrincipalType::Saml | PrincipalType::Oidc) {
                request.principal.service_linked_role =
                    Some(!request.principal.role_arn.contains(":role/aws-service-role/"));
                return Some("malformed: service-linked");
            }
            request.action = rng.text(&["s3:GetObject", "sts:AssumeRole", "sts:GetCallerIdentity"]);
            Some("malformed: action of a federated identity")
        }
        8 | 9 => {
            // R-RES-3
            let text =
                rng.text(&["secret/key", "", "**", "arn:aws:s3", "arn:*:s3:::b/k", "arn:aws:S3:::b/k"]);
            let how = rng.below(3);
            let changed = change_resource(rng, request, |arn| match how {
                0 => Some(text),
                1 if arn.starts_with("arn:") => Some(arn.replacen("arn", "ARN", 1)),
                _ => Some(format!(" {arn}")),
            });
            changed.then_some("malformed: no ARN")
        }
        10 => {
            // R-RES-13: no account, or for all that state one in the ARN another one.
            request.resource_account = rng.text(&["1111", "11112222333x", "self"]);
            (request.resource.is_some() || request.items.as_ref().is_some_and(|items| !items.is_empty()))
                .then_some("malformed: owner")
        }
        11 => {
            let account = request.resource_account.clone();
            let changed = change_resource(rng, request, |arn| {
                let own = arn.split(':').nth(4)?;
                let is_account = own.len() == 12 && own.bytes().all(|digit| digit.is_ascii_digit());
                is_account.then(|| with_field(arn, 4, other(own, ACCOUNTS)))
            });
            if account.is_empty() {
                // What the ARN now says is another account; the one that it said is stated.
                request.resource_account = "000000000000".into();
            }
            changed.then_some("malformed: owner of the ARN")
        }
        12 | 13 => {
            // R-RES-16
            let text = if request.principal.arn.is_empty() {
                &request.principal.provider
            } else {
                &request.principal.arn
            };
            let own = text.strip_prefix("arn:")?.split(':').next()?.to_owned();
            let changed = change_resource(rng, request, |arn| {
                arn.starts_with("arn:").then(|| with_field(arn, 1, other(&own, PARTITIONS)))
            });
            changed.then_some("malformed: partition")
        }
        14 => {
            request.clock = Some(*rng.pick(&[i64::MAX, i64::MIN, 253_402_300_800]));
            Some("malformed: clock")
        }
        15 => {
            let entry = OwnedEntry { key: String::new(), values: vec!["x".into()], ..OwnedEntry::default() };
            request.context.0.push(entry);
            Some("malformed: key without a name")
        }
        _ => contradict_key(rng, planted, kind),
    }
}

/// Another text of the principal contradicts its ARN, or its provider its type (R-PRIN-1 to R-PRIN-3, R-PRIN-17,
/// R-PRIN-18).
fn contradict_principal(
    rng: &mut Rng,
    principal: &mut OwnedPrincipal,
    kind: PrincipalType,
) -> Option<&'static str> {
    match kind {
        PrincipalType::RoleSession => {
            let role = principal.role_arn.clone();
            let field = |number| role.split(':').nth(number).unwrap_or_default();
            principal.role_arn = match rng.below(5) {
                0 => String::new(),
                1 => with_field(&role, 1, other(field(1), PARTITIONS)),
                2 => with_field(&role, 4, other(field(4), ACCOUNTS)),
                3 => format!("{role}x"),
                _ => principal.arn.clone(),
            };
            Some("malformed: role ARN")
        }
        PrincipalType::FederatedUser => {
            let field = |number| principal.arn.split(':').nth(number).unwrap_or_default();
            let (partition, account) = (field(1), field(4));
            principal.user_arn = match rng.below(4) {
                0 => format!("arn:{}:iam::{account}:user/alice", other(partition, PARTITIONS)),
                1 => format!("arn:{partition}:iam::{}:user/alice", other(account, ACCOUNTS)),
                2 => format!("arn:{partition}:iam::{account}:role/App"),
                _ => "alice".into(),
            };
            Some("malformed: user ARN")
        }
        PrincipalType::Service => {
            principal.service.clear();
            Some("malformed: no service")
        }
        PrincipalType::Saml | PrincipalType::Oidc => {
            let own = principal.provider.clone();
            principal.provider = match rng.below(3) {
                0 => String::new(),
                1 if own.starts_with("arn:") => {
                    with_field(&own, 4, other(own.split(':').nth(4).unwrap_or_default(), ACCOUNTS))
                }
                _ if kind == PrincipalType::Saml => {
                    "arn:aws:iam::111122223333:oidc-provider/idp.example".into()
                }
                _ => "arn:aws:iam::111122223333:saml-provider/Corp".into(),
            };
            Some("malformed: provider")
        }
        PrincipalType::User | PrincipalType::Root if !principal.arn.is_empty() => {
            let own = principal.arn.split(':').nth(4).unwrap_or_default();
            principal.account = other(own, ACCOUNTS).into();
            Some("malformed: account")
        }
        _ => None,
    }
}

/// A value of a key that the engine derives: another one, a second one, or one where the principal has none (R-CTX-1,
/// R-CTX-3, R-CTX-6).
fn contradict_key(rng: &mut Rng, planted: &mut Planted, kind: PrincipalType) -> Option<&'static str> {
    let request = &mut planted.request;
    let has_arn = kind.has_account() || kind == PrincipalType::OriginAccessIdentity;
    let has_id = !request.principal.unique_id.is_empty()
        || matches!(kind, PrincipalType::FederatedUser | PrincipalType::Root | PrincipalType::Anonymous);
    let is_known = kind.has_account() || kind == PrincipalType::Anonymous;
    let (key, values, is_derived): (&str, &[&str], bool) = match rng.below(8) {
        0 => ("aws:PrincipalArn", &["arn:aws:iam::000000000000:user/mallory"], true),
        1 => ("aws:PrincipalAccount", &["000000000000"], is_known),
        2 => ("aws:PrincipalType", &["Role"], is_known),
        3 => ("aws:userid", &["AIDAMALLORY"], is_known && has_id),
        4 => ("aws:username", &["mallory!"], kind != PrincipalType::OriginAccessIdentity),
        5 if kind == PrincipalType::Service => ("aws:PrincipalIsAWSService", &["false"], true),
        5 => ("aws:PrincipalIsAWSService", &["true"], true),
        6 => ("aws:PrincipalServiceName", &["mallory.amazonaws.com"], true),
        _ if rng.chance(50) => {
            planted.derive_resource_account = true;
            // Of no items at all nobody is the owner.
            let has_resource = !request.items.as_ref().is_some_and(Vec::is_empty);
            ("aws:ResourceAccount", &["000000000000"], has_resource)
        }
        _ => {
            request.clock = Some(1_767_225_600);
            let (key, value) = if rng.chance(50) {
                ("aws:CurrentTime", "2026-01-01T00:00:01Z")
            } else {
                ("aws:EpochTime", "1767225599")
            };
            return Some(put_key(rng, planted, key, vec![value.into()], "malformed: time"));
        }
    };
    if !is_derived {
        return None;
    }
    let mut values: Vec<String> = values.iter().map(|text| (*text).to_owned()).collect();
    if rng.chance(25) {
        // Two values are one too many, even where one of them is right.
        let right =
            if key == "aws:PrincipalArn" && has_arn { request.principal.arn.clone() } else { "x".into() };
        values.insert(0, right);
    }
    Some(put_key(rng, planted, key, values, "malformed: derived key"))
}

/// Puts a key into the context of the request, or of one of its items.
fn put_key(
    rng: &mut Rng,
    planted: &mut Planted,
    key: &str,
    values: Vec<String>,
    what: &'static str,
) -> &'static str {
    let key = if rng.chance(30) { key.to_ascii_uppercase() } else { key.to_owned() };
    let entry = OwnedEntry { key, values, ..OwnedEntry::default() };
    match &mut planted.request.items {
        Some(items) if !items.is_empty() && rng.chance(60) => {
            let at = rng.below(items.len());
            items[at].context.0.push(entry);
        }
        _ => planted.request.context.0.push(entry),
    }
    what
}

/// An item of one request beside another one, which it contradicts: no decision (R-GEN-3, R-RES-15, R-RES-16, R-PRIN-17).
pub(super) fn item_of_another(rng: &mut Rng, case: &Case) {
    let Some(arn) = case.request.resource.clone() else { return };
    let Ok(input) = case.request.input() else { return };
    let input = input.resource(None);
    let mut first = vec![0; input.size().unwrap_or(0)];
    if prepare_request(&input, &mut first).is_err() {
        return;
    }
    let item = ItemInput::new(case.request.resource_at(&arn)).context(&case.request.context);
    let mut bytes = vec![0; item.size().unwrap_or(0)];
    let request = Request::open(&first).expect("a prepared request opens");
    if prepare_item(&request, &item, &mut bytes).is_err() {
        return;
    }
    let mut other_request = OwnedRequest { resource: None, ..case.request.clone() };
    let what = match rng.below(3) {
        0 => {
            let own = ResourceKind::from_request(&case.request.action, &arn);
            let all = [ResourceKind::Ordinary, ResourceKind::KmsKey, ResourceKind::Role];
            let others: Vec<_> = all.into_iter().filter(|stated| *stated != own).collect();
            other_request.resource_kind = Some(*rng.pick(&others));
            "item of another: kind"
        }
        1 => {
            let Some(own) = arn.strip_prefix("arn:").and_then(|rest| rest.split(':').next()) else { return };
            let partition = other(own, PARTITIONS);
            other_request.principal = OwnedPrincipal {
                arn: format!("arn:{partition}:iam::111122223333:user/alice"),
                ..OwnedPrincipal::default()
            };
            other_request.context = OwnedContext::default();
            "item of another: partition"
        }
        _ => {
            let owner = case.request.owner_of(&arn);
            let in_arn = arn.split(':').nth(4).unwrap_or_default();
            let owner = if owner.is_empty() { in_arn } else { owner };
            other_request.action = "sts:AssumeRoleWithSAML".into();
            other_request.resource_kind = None;
            other_request.principal = OwnedPrincipal {
                kind: Some(PrincipalType::Saml),
                provider: format!("arn:aws:iam::{}:saml-provider/Corp", other(owner, ACCOUNTS)),
                ..OwnedPrincipal::default()
            };
            other_request.context = OwnedContext::default();
            "item of another: federated identity"
        }
    };
    let Ok(input) = other_request.input() else { return };
    let mut second = vec![0; input.size().unwrap_or(0)];
    prepare_request(&input, &mut second).unwrap_or_else(|error| panic!("{error}: {other_request:#?}"));
    let request = Request::open(&second).expect("a prepared request opens");
    let item = Item { item: RequestItem::open(&bytes).expect("a prepared item opens"), set: None };
    let (Ok(plain), Ok(indexed)) = (case.compile(), case.compile_indexed()) else { return };
    count(what);
    for set in [&plain.set, &indexed.set] {
        let set = PolicySet::open(set).expect("a set that was built opens");
        let sets = [set];
        let own = Item { set: Some(set), ..item };
        let decided = [
            decide_item(&sets, request, item),
            decide_resources(&sets, request, [item]).map(|(_, decided)| decided),
            decide_resources_by_scan(&sets, request, [item]).map(|(_, decided)| decided),
            decide_item(&[], request, own),
        ];
        for decision in decided {
            assert!(
                matches!(decision, Err(DecideError::Request(_))),
                "{what}: {decision:?}: {other_request:#?}\nof {case:#?}"
            );
        }
    }
}
