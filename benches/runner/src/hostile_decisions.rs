//! Policies and requests whose decisions take many instructions a step, each way that we know.

use iamlet::image::set_writer;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    ContextEntry, ItemInput, Layer, Layers, Levels, PolicyKind, Principal, Request, RequestInput, Resource,
    SetPolicy,
};
use iamlet_workloads::colliding::{Letters, names};
use iamlet_workloads::hostile::{self, Attack};
use serde_json::{Value, json};

use crate::engine::{self, Scratch};

/// Context keys with their values.
pub type Keys = Vec<(String, Vec<String>)>;

/// A set, and what is asked of it.
pub struct Case {
    /// What it is.
    pub name: &'static str,
    /// The policy set.
    pub set: Vec<u8>,
    resource: String,
    role: bool,
    context: Keys,
    item: Option<Keys>,
    absent: Layers,
    /// Look at every statement, as in a set without an index.
    pub scan: bool,
}

const ACCOUNT: &str = "111122223333";
const OBJECT: &str = "arn:aws:s3:::b/k";

impl Case {
    /// The request, with a budget of steps, and its item.
    ///
    /// # Panics
    /// Where it is malformed.
    #[must_use]
    pub fn prepared(&self, budget: u64) -> (Vec<u8>, Option<Vec<u8>>) {
        let resource = Resource::owned_by(&self.resource, ACCOUNT);
        let principal = if self.role {
            Principal::role_session(
                "arn:aws:sts::111122223333:assumed-role/App/session",
                "arn:aws:iam::111122223333:role/App",
            )
        } else {
            Principal::user("arn:aws:iam::111122223333:user/alice")
        };
        let request = with_context(&self.context, |context| {
            let input = RequestInput::new(principal, "s3:GetObject", resource)
                .absent(self.absent)
                .budget(budget)
                .context(context);
            let mut memory = vec![0; input.size().expect("a size")];
            let used = prepare_request(&input, &mut memory).expect("a request");
            memory.truncate(used);
            memory
        });
        let item = self.item.as_ref().map(|keys| {
            let request = Request::open(&request).expect("a request");
            with_context(keys, |context| {
                let input = ItemInput::new(resource).context(context);
                let mut memory = vec![0; input.size().expect("a size")];
                let used = prepare_item(&request, &input, &mut memory).expect("an item");
                memory.truncate(used);
                memory
            })
        });
        (request, item)
    }
}

/// Keys in the form that preparing takes.
pub fn with_context<T>(keys: &Keys, work: impl FnOnce(&[ContextEntry<'_>]) -> T) -> T {
    let values: Vec<Vec<&str>> =
        keys.iter().map(|(_, values)| values.iter().map(String::as_str).collect()).collect();
    let entries: Vec<_> = keys
        .iter()
        .zip(&values)
        .map(|((name, _), values)| ContextEntry::new(name.as_str(), values))
        .collect();
    work(&entries)
}

/// A policy of a set.
type Part = (PolicyKind, Layer, u8, String);

fn part(kind: PolicyKind, layer: Layer, statements: &[Value]) -> Part {
    (kind, layer, 0, json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

fn case(name: &'static str, parts: &[Part]) -> Case {
    let mut scratch = Scratch::default();
    let mut memory = vec![0; 1 << 21];
    let mut levels = Levels::default();
    let mut absent = Layers::ALL;
    let images: Vec<_> = parts
        .iter()
        .map(|(kind, layer, level, text)| {
            let used = engine::compile(text, *kind, &mut scratch, &mut memory);
            let used = used.unwrap_or_else(|status| panic!("{name}: {status:?}"));
            let flag = match layer {
                Layer::Scp => Layers::SCP,
                Layer::Resource => Layers::RESOURCE,
                Layer::Identity => Layers::IDENTITY,
                other => panic!("{other:?} is not used"),
            };
            absent = absent.without(flag);
            if *layer == Layer::Scp {
                levels.scp = levels.scp.max(level + 1);
            }
            (memory[..used].to_vec(), *layer, *level)
        })
        .collect();
    let policies = images.iter().zip(0..).map(|((image, layer, level), tag)| SetPolicy {
        image,
        layer: *layer,
        level: *level,
        tag,
    });
    let mut set = vec![0; set_writer::size(policies.clone(), levels).expect("a size")];
    let used = set_writer::build(policies, levels, &mut set).expect("a set");
    set.truncate(used);
    let resource = OBJECT.to_owned();
    Case { name, set, resource, role: false, context: Keys::new(), item: None, absent, scan: false }
}

fn identity(name: &'static str, statements: &[Value]) -> Case {
    case(name, &[part(PolicyKind::Identity, Layer::Identity, statements)])
}

fn resource_policy(name: &'static str, statements: &[Value]) -> Case {
    case(name, &[part(PolicyKind::Resource, Layer::Resource, statements)])
}

impl Case {
    fn context(self, context: Keys) -> Self {
        Self { context, ..self }
    }

    fn on(self, resource: &str) -> Self {
        Self { resource: resource.to_owned(), ..self }
    }

    fn scanned(self) -> Self {
        Self { scan: true, ..self }
    }
}

fn repeated(count: usize, statement: &Value) -> Vec<Value> {
    vec![statement.clone(); count]
}

fn deny(condition: Value) -> Value {
    json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
}

fn allow(action: Value, resource: Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn keys(names: impl IntoIterator<Item = String>) -> Keys {
    names.into_iter().map(|name| (name, vec!["x".to_owned()])).collect()
}

/// A name's front of so many bytes.
fn front(bytes: usize) -> String {
    format!("aws:requesttag/{}", "f".repeat(bytes - 8 - 15))
}

/// 900 statements that deny by a key that collides with the 63 keys of a context, whose names have so many bytes.
fn colliding(name: &'static str, bytes: usize, two_tables: bool) -> Case {
    let asked = colliding_name(bytes);
    let mut names = names(&front(bytes), 0x1234_5678, Letters::Any, 126);
    let item = names.split_off(63);
    let of = identity(name, &repeated(900, &deny(json!({"StringEquals": {asked: "y"}}))));
    Case { context: keys(names), item: two_tables.then(|| keys(item)), ..of }
}

/// Each of so many values of a request against each of a policy's, none of which it is.
fn product(name: &'static str, operator: &str, expected: &[String], values: Vec<String>) -> Case {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {format!("ForAnyValue:{operator}"): {"x:many": expected}}});
    identity(name, &[statement]).context(vec![("x:many".to_owned(), values)])
}

fn many(count: usize, each: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(each).collect()
}

/// Conditions and the look-ups of their keys.
fn conditions() -> Vec<Case> {
    let absent = deny(json!({"StringEquals": {"aws:requesttag/x": "y"}}));
    let shortest = json!({"Null": {"a:b": "false"}});
    let all = names("x:front-", 0x1234_5678, Letters::Any, 16_383);
    let dense: serde_json::Map<String, Value> =
        (0..1_500).map(|at| (format!("k:{at}"), json!("v"))).collect();
    let indexed: Vec<Value> = (0..40)
        .map(|at| {
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": {"StringEquals": {"aws:requesttag/ffffffff": format!("v{at}")}}})
        })
        .collect();
    let apart: Vec<Value> = (0..1_000)
        .map(|at| {
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Condition": {"StringEquals": {format!("x:key{at}"): "v"}}})
        })
        .collect();
    let tag = colliding_name(24);
    let filed = allow_if_each(&tag);
    vec![
        identity("900 statements that deny by an absent key, no context", &repeated(900, &absent)),
        identity("the same, scanned", &repeated(900, &absent)).scanned(),
        identity("1,000 statements that are filed by a key each, none of which is there", &apart)
            .context(keys(many(63, |at| format!("x:front{at}")))),
        identity("900 statements that deny, a context of 63 keys", &repeated(900, &absent))
            .context(keys(many(63, |at| format!("aws:requesttag/ffffffff{at}")))),
        colliding("900 statements, 63 keys of 24 bytes that collide", 24, false),
        colliding("the same, names of 128 bytes", 128, false),
        colliding("the same, names of 1,024 bytes", 1_024, false),
        colliding("the same, and 63 more in an item", 1_024, true),
        identity(
            "900 statements, 16,383 keys that collide",
            &repeated(900, &deny(json!({"Null": {"x:k": "false"}}))),
        )
        .context(keys(all.clone())),
        identity("40 statements filed by a key", &indexed),
        identity("statements filed by a key with which 16,000 others collide", &filed)
            .context(keys(colliding_with(&tag))),
        identity("the shortest conditions", &repeated(900, &deny(shortest))),
        identity("1,500 conditions of one statement", &[deny(json!({"StringNotEquals": dense}))]),
        identity("`Null` with 20,000 values", &[deny(json!({"Null": {"x:k": vec!["true"; 20_000]}}))])
            .context(keys(["x:k".to_owned()])),
        identity("65,000 values that are empty", &[deny(json!({"ForAllValues:StringEquals": {"x:k": "y"}}))])
            .context(vec![("x:k".to_owned(), vec![String::new(); 65_000])]),
    ]
}

fn allow_if_each(key: &str) -> Vec<Value> {
    (0..40)
        .map(|at| {
            json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                "Condition": {"StringEquals": {key: format!("v{at}")}}})
        })
        .collect()
}

/// 16,000 names that have the hash of a name.
fn colliding_with(name: &str) -> Vec<String> {
    let mut all = names("x:front-", 0x1234_5678, Letters::Any, 16_000);
    all.push(name.to_owned());
    all
}

/// Values of requests against values of policies.
fn values() -> Vec<Case> {
    let digits = |at: usize| format!("{at}{}.{}", "7".repeat(12), "3".repeat(9));
    let date = |at: usize| format!("2026-01-01T00:{:02}:{:02}.123+01:00", at / 60 % 60, at % 60);
    let address = |at: usize| format!("2001:db8:0:1:2:3:{:x}:{:x}", at / 256, at % 256);
    let one = |text: &str| vec![text.to_owned()];
    let fill = |text: &str, bytes: usize| text.chars().cycle().take(bytes).collect::<String>();
    vec![
        product("20,000 numbers of 25 digits against one", "NumericEquals", &one("1"), many(20_000, digits)),
        product("numbers of 20,000 digits", "NumericEquals", &one("1"), many(20, |_| fill("0", 20_000))),
        product(
            "1,000 numbers against 100",
            "NumericEquals",
            &many(100, digits),
            many(1_000, |at| digits(at + 200)),
        ),
        product("20,000 dates against one", "DateEquals", &one("2026-01-01T00:00:00Z"), many(20_000, date)),
        product("1,000 dates against 100", "DateEquals", &many(100, date), many(1_000, |at| date(at + 200))),
        product("20,000 addresses against one", "IpAddress", &one("2001:db9::/32"), many(20_000, address)),
        product(
            "1,000 addresses against 100",
            "IpAddress",
            &many(100, |at| format!("2001:db9:1::{at:x}/128")),
            many(1_000, address),
        ),
        product(
            "20,000 texts of base64 against one",
            "BinaryEquals",
            &one("QUJD"),
            many(20_000, |_| fill("QUJD", 32)),
        ),
        product("base64 of 60,000 bytes", "BinaryEquals", &one("QUJD"), many(20, |_| fill("QUJD", 60_000))),
        product(
            "50,000 truth values against one",
            "Bool",
            &one("true"),
            many(50_000, |_| "false".to_owned()),
        ),
        product(
            "20,000 texts that are no truth values",
            "Bool",
            &one("true"),
            many(20_000, |_| "x".to_owned()),
        ),
        product(
            "20,000 ARNs against one",
            "ArnLike",
            &one("arn:aws:s3:::b"),
            many(20_000, |_| "arn:aws:s3:eu-west-1:111122223333:c".to_owned()),
        ),
        product(
            "500 ARNs against 200 with stars",
            "ArnLike",
            &many(200, |at| format!("arn:aws:s3:*:*:b*{at:04}")),
            many(500, |at| format!("arn:aws:s3:eu-west-1:111122223333:b{}", 5_000 + at)),
        ),
        product(
            "500 texts against 1,000, of one length",
            "StringEquals",
            &many(1_000, |at| format!("{at:05}-a")),
            many(500, |at| format!("{at:05}-a").replace('-', "+")),
        ),
        product(
            "500 texts against 1,000 that differ at their end",
            "StringEquals",
            &many(1_000, |at| format!("{at:040}-a")),
            many(500, |at| format!("{:040}+a", at % 10)),
        ),
        product(
            "500 texts against 200 with stars",
            "StringLike",
            &many(200, |at| format!("a*b*c{at:04}*d")),
            many(500, |at| format!("a{}bc{at:06}", "x".repeat(100))),
        ),
        product(
            "500 texts against 1,000 with one star",
            "StringLike",
            &many(1_000, |at| format!("*{at:04}")),
            many(500, |at| format!("x{at}y")),
        ),
        product(
            "500 texts against 200 in any case",
            "StringEqualsIgnoreCase",
            &many(200, |at| format!("X{at:04}")),
            many(500, |at| format!("x{:04}", at + 500)),
        ),
        product(
            "500 texts against 100 variables",
            "StringEquals",
            &many(100, |at| format!("${{aws:userid}}{at}")),
            many(500, |at| format!("u{:04}", at + 500)),
        ),
    ]
}

/// Patterns of resources and actions.
fn patterns() -> Vec<Case> {
    let near = |last: char, number: usize| format!("arn:aws:s3:::b/{}{number:06}{last}", "n".repeat(200));
    let long = "a".repeat(2_000);
    let user = |value: &str| vec![("aws:userid".to_owned(), vec![value.to_owned()])];
    let variables = many(40, |at| format!("arn:aws:s3:::*{}{at}", "${aws:userid}".repeat(60)));
    let short = many(200, |at| format!("arn:aws:s3:::${{aws:userid}}{}{at}", "${aws:userid}".repeat(9)));
    let long_variable = format!("${{{}}}", colliding_name(1_024));
    let fields = many(500, |at| format!("arn:*:s3:::*/{at}"));
    vec![
        identity(
            "1,000 resources that differ at their end",
            &[allow(json!("s3:*"), json!(many(1_000, |at| near('x', at))))],
        )
        .on(&near('x', 5_001)),
        identity(
            "1,000 short resources",
            &[allow(json!("s3:*"), json!(many(1_000, |at| format!("arn:aws:s3:::b/{at:04}"))))],
        )
        .on("arn:aws:s3:::b/abcd"),
        identity(
            "1,000 actions",
            &[allow(json!(many(1_000, |at| format!("s3:GetObjec{at:x}"))), json!("*"))],
        )
        .scanned(),
        identity(
            "1,000 actions with stars",
            &[allow(json!(many(1_000, |at| format!("s3:*Obj*x{at:x}"))), json!("*"))],
        )
        .scanned(),
        identity(
            "40 resources of 60 variables, a value of 2 KB",
            &[allow(json!("s3:*"), json!(variables.clone()))],
        )
        .on(&format!("arn:aws:s3:::{long}"))
        .context(user(&long)),
        identity("the same, a value of one byte", &[allow(json!("s3:*"), json!(variables.clone()))])
            .on(&format!("arn:aws:s3:::{long}"))
            .context(user("b")),
        identity("the same, no value", &[allow(json!("s3:*"), json!(variables))])
            .on(&format!("arn:aws:s3:::{long}")),
        identity("200 resources of ten variables", &[allow(json!("s3:*"), json!(short.clone()))])
            .on("arn:aws:s3:::uuuuuuuuuuu")
            .context(user("u")),
        identity(
            "200 exempted resources of ten variables",
            &[json!({"Effect": "Deny", "Action": "*", "NotResource": short.clone()})],
        )
        .on("arn:aws:s3:::uuuuuuuuuuu")
        .context(user("u")),
        identity(
            "variables whose names are long and collide",
            &[json!({"Effect": "Deny", "Action": "*",
            "NotResource": many(200, |at| format!("arn:aws:s3:::{}{at}", long_variable.repeat(4)))})],
        )
        .context(keys(names(&front(1_024), 0x1234_5678, Letters::Any, 120))),
        identity(
            "500 resources with stars in early fields",
            &[json!({"Effect": "Deny", "Action": "*", "NotResource": fields})],
        )
        .on(&format!("arn:aws:s3:::{}", "a/".repeat(60))),
        identity(
            "700 heads of all lengths",
            &(0..700)
                .map(|at| {
                    allow(json!("s3:GetObject"), json!(format!("arn:aws:s3:::{}*", "a".repeat(at + 1))))
                })
                .collect::<Vec<_>>(),
        )
        .on(&format!("arn:aws:s3:::{}", "b".repeat(2_000))),
    ]
}

/// A name that collides and that a policy may have.
fn colliding_name(bytes: usize) -> String {
    names(&front(bytes), 0x1234_5678, Letters::OfTags, 1).pop().expect("a name")
}

/// Statements, principals and policies.
fn statements() -> Vec<Case> {
    let grants = |form: &str, each: &dyn Fn(usize) -> String, member: &str, effect: &str| -> Vec<Value> {
        let list = many(500, each);
        let principal = if form.is_empty() { json!({"AWS": list}) } else { json!({form: list}) };
        vec![json!({"Effect": effect, "Action": "*", "Resource": "*", member: principal})]
    };
    let root = |at: usize| format!("arn:aws:iam::{}:root", 111_122_223_333_u64 + at as u64 + 1);
    let session = |at: usize| format!("arn:aws:sts::111122223333:assumed-role/App/session{at}");
    let user = |at: usize| format!("arn:aws:iam::111122223333:user/alic{at:x}");
    let account = |at: usize| format!("{}", 111_122_223_333_u64 + at as u64 + 1);
    let role = |of: Case| Case { role: true, ..of };
    let scps: Vec<Part> = (0..2_000)
        .map(|at| {
            (
                PolicyKind::ScpFull,
                Layer::Scp,
                (at % 7) as u8,
                json!({"Version": "2012-10-17", "Statement": [allow(json!("ec2:*"), json!("*"))]})
                    .to_string(),
            )
        })
        .collect();
    let many_identity: Vec<Part> = (0..2_000)
        .map(|_| {
            part(
                PolicyKind::Identity,
                Layer::Identity,
                &[json!({"Effect": "Allow", "Action": "a:b", "Resource": "*"})],
            )
        })
        .collect();
    vec![
        identity("one statement, `*`", &[allow(json!("*"), json!("*"))]),
        identity(
            "1,000 statements about other actions, scanned",
            &repeated(1_000, &allow(json!("a:b"), json!("*"))),
        )
        .scanned(),
        identity(
            "1,000 statements about other resources, scanned",
            &repeated(1_000, &allow(json!("*"), json!("arn:aws:s3:::other/*"))),
        )
        .scanned(),
        identity("1,000 statements that allow", &repeated(1_000, &allow(json!("*"), json!("*")))),
        resource_policy("500 root ARNs", &grants("", &root, "Principal", "Allow")),
        resource_policy("500 accounts", &grants("", &account, "Principal", "Allow")),
        resource_policy("500 users", &grants("", &user, "Principal", "Allow")),
        role(resource_policy("500 sessions", &grants("", &session, "Principal", "Allow"))),
        role(resource_policy("500 sessions as exemptions", &grants("", &session, "NotPrincipal", "Deny"))),
        resource_policy("500 roots as exemptions", &grants("", &root, "NotPrincipal", "Deny")),
        resource_policy(
            "500 canonical users",
            &grants("CanonicalUser", &|at| format!("{at:064x}"), "Principal", "Allow"),
        ),
        case("2,000 SCPs of one statement, scanned", &scps).scanned(),
        case("2,000 SCPs of one statement", &scps),
        case("2,000 policies about another action, scanned", &many_identity).scanned(),
    ]
}

/// A tenant's decision in a set where another's policy fills the index for it.
fn tenants() -> Case {
    let victim = hostile::beginning(1_234);
    let policy = hostile::hostile(Attack::CollidingEverything, &victim, 60_000);
    let texts = (0..2_000).map(hostile::honest).chain([policy]);
    let parts: Vec<Part> = texts.map(|text| (PolicyKind::Identity, Layer::Identity, 0, text)).collect();
    let denied = format!("{}report", victim.replace("/home/", "/away/"));
    case("2,000 tenants, and a policy that fills the index for one", &parts).on(&denied)
}

/// All of them.
#[must_use]
pub fn cases() -> Vec<Case> {
    [conditions(), values(), patterns(), statements(), vec![tenants()]].into_iter().flatten().collect()
}
