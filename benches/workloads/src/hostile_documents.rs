//! Policy documents that a stranger could write to make compiling slow: each the worst of its kind that we know.
//!
//! They fit the largest class of scratch memory, unless they are refused, which must be
//! as cheap. Sizes are those at which work that is not linear would show.

use std::fmt::Write as _;

/// A document and what it is.
#[derive(Clone, Debug)]
pub struct HostileDocument {
    /// What makes it hostile.
    pub name: String,
    /// The JSON text.
    pub json: Vec<u8>,
    /// Whether the engine accepts it.
    pub accepted: bool,
    /// It has principals: its kind is `resource`, not `identity`.
    pub principals: bool,
}

/// All of them; the first is the control, an honest document of 250 KB. Then each accepted one once more with an
/// unknown element at its end, so that it is refused after all of the work. Of all that is repeated there is one part of
/// so many `parts`.
#[must_use]
pub fn all(parts: usize) -> Vec<HostileDocument> {
    let identity = texts(parts).into_iter().chain(conditions(parts)).chain(elements(parts));
    let mut all: Vec<_> = identity.flat_map(|named| accepted(named, false)).collect();
    all.extend(principals(parts).into_iter().flat_map(|named| accepted(named, true)));
    all.extend(broken(parts).into_iter().map(|(name, json)| HostileDocument {
        name: name.to_owned(),
        json: json.into_bytes(),
        accepted: false,
        principals: false,
    }));
    all
}

/// A document that is accepted, and one that is refused at its end.
fn accepted((name, json): Named, principals: bool) -> [HostileDocument; 2] {
    let open = json.strip_suffix("}").unwrap_or(&json);
    let refused = format!("{open},\"x\":0}}").into_bytes();
    let name_of_refused = format!("{name}; refused at the end");
    [
        HostileDocument { name: name.to_owned(), json: json.into_bytes(), accepted: true, principals },
        HostileDocument { name: name_of_refused, json: refused, accepted: false, principals },
    ]
}

/// A document by its name.
type Named = (&'static str, String);

/// Resources, actions, `Sid`s and policy variables.
fn texts(parts: usize) -> Vec<Named> {
    let of = |count: usize| count / parts;
    let variable = |text: &str| format!("arn:aws:s3:::{}", text.repeat(1_000));
    vec![
        ("distinct resources (control)", control(of(5_000))),
        ("4,000 Sids of one length", sids(of(4_000), false)),
        ("4,000 Sids, the last first", sids(of(4_000), true)),
        ("2,040 variables, then references to the last", variables(&short_names(of(2_040)), parts, false)),
        ("2,040 variables, a new one after many old ones", variables(&short_names(of(2_040)), parts, true)),
        ("2,040 variables whose names collide", variables(&colliding_names(of(2_040)), parts, false)),
        ("2,040 defaults of one variable", defaults(of(2_000))),
        ("variables as short as can be", of_resources(&vec![variable("${:}"); of(200)])),
        ("variables as short as can be, with defaults", of_resources(&vec![variable("${:, ''}"); of(100)])),
        ("characters that are written as variables", of_resources(&vec![variable("${$}"); of(200)])),
        ("dollars after a variable", of_resources(&vec![variable("${:}$$$$$$$$"); of(70)])),
        ("resources of `*?*?`", of_resources(&distinct(of(150), &"*?".repeat(1_000)))),
        ("resources of one character each way", of_resources(&distinct(of(150), &"a*".repeat(1_000)))),
        ("resources of question marks", of_resources(&distinct(of(150), &"?".repeat(2_000)))),
        ("resources of stars", of_resources(&distinct(of(400), &"*".repeat(2_000)))),
        ("resources as short as can be", of_resources(&vec!["*".to_owned(); of(24_000)])),
        ("16,000 actions", actions(of(16_000))),
        ("actions as short as can be", of_actions(&vec!["\"*\""; of(24_000)])),
        ("actions of a letter", of_actions(&vec!["\"a:a\""; of(24_000)])),
        ("one text of 8 KB again and again", one_text(of(120))),
    ]
}

/// Conditions: their operators, keys and values.
fn conditions(parts: usize) -> Vec<Named> {
    let of = |count: usize| count / parts;
    let values = |operator: &str, value: &str| values(operator, value, parts);
    let turns = |operator: &str, each: &dyn Fn(usize) -> String| {
        let values: Vec<String> = (0..of(24_000)).map(each).collect();
        of_conditions(&format!(r#""{operator}":{{"a:a":[{}]}}"#, values.join(",")))
    };
    let letters = b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let two = |number: usize| {
        let letter = |number: usize| char::from(letters[number % letters.len()]);
        format!("\"{}{}\"", letter(number), letter(number / letters.len()))
    };
    vec![
        ("2,000 keys whose names collide, referred to", keys(&colliding_names(of(2_000)))),
        ("2,000 keys under one operator", keys_under(&["StringEquals"], of(2_000))),
        (
            "2,000 keys under four operators",
            keys(&short_names(of(2_000)).iter().rev().map(|name| format!("a{name}")).collect::<Vec<_>>()),
        ),
        ("every operator, again and again", operators(of(220))),
        ("conditions as small as can be", small_conditions(of(4_000))),
        ("escapes for every character", escapes(r"\u0061", of(60))),
        ("escapes of two characters", escapes(r"\n", of(60))),
        ("values of one digit", values("NumericEquals", "1")),
        ("values of one digit in quotes", values("NumericEquals", r#""1""#)),
        ("values of one digit each way", turns("NumericEquals", &|number| (number % 10).to_string())),
        (
            "values of one digit and two in turns",
            turns("NumericEquals", &|number| (number % 100).to_string()),
        ),
        ("values of two digits in turns", turns("NumericEquals", &|number| (10 + number % 90).to_string())),
        ("values of three digits", turns("NumericEquals", &|number| (100 + number % 900).to_string())),
        ("numbers of many digits", values("NumericEquals", &"7".repeat(18))),
        ("dates of one digit", values("DateEquals", "1")),
        ("dates of two digits in turns", turns("DateEquals", &|number| (10 + number % 90).to_string())),
        ("dates in quotes", values("DateEquals", r#""2026-01-01T00:00:00Z""#)),
        ("truth values", values("Bool", "true")),
        ("truth values in quotes", values("Bool", r#""true""#)),
        ("empty values", values("StringEquals", r#""""#)),
        ("values of one letter", values("StringEquals", r#""a""#)),
        ("values of two letters in turns", turns("StringEquals", &two)),
        ("patterns of two letters in turns", turns("StringLike", &two)),
        ("values of one star", values("StringLike", r#""*""#)),
        ("values of one variable", values("StringLike", r#""${:}""#)),
        ("ARNs as short as can be", values("ArnLike", r#""*:::::""#)),
        ("ARNs of a variable", values("ArnLike", r#""*:${:}::::""#)),
        ("short values that differ", short_values(of(24_000))),
        ("short values that meet in one slot", meeting_values(of(24_000))),
        ("addresses", values("IpAddress", r#""1.1.1.1""#)),
        ("addresses as short as can be", values("IpAddress", r#""::""#)),
        (
            "addresses of version 6 in turns",
            turns("IpAddress", &|number| format!("\"{:x}::\"", number % 4_096)),
        ),
        ("base64", values("BinaryEquals", r#""AA==""#)),
        ("no bytes in base64", values("BinaryEquals", r#""""#)),
        ("long texts in base64", values("BinaryEquals", &format!("\"{}\"", "QUJD".repeat(4_000)))),
    ]
}

/// Statements.
fn elements(parts: usize) -> Vec<Named> {
    let of = |count: usize| count / parts;
    let plain = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let escaped = |text: &str| text.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<String>();
    let names = format!(
        r#"{{"{}":"Deny","{}":"*","{}":"*"}}"#,
        escaped("Effect"),
        escaped("NotAction"),
        escaped("NotResource")
    );
    vec![
        ("statements as small as can be", of_statements(plain, of(4_000))),
        (
            "statements whose names end in an escape",
            of_statements(&plain.replace("n\":", "\\u006e\":"), of(4_000)),
        ),
        ("statements whose names are escapes", of_statements(&names, of(4_000))),
        (
            "statements in white space",
            of_statements(r#"{ "Effect" : "Deny" , "Action" : [ "*" ] , "Resource" : [ "*" ] }"#, of(4_000)),
        ),
    ]
}

/// Principals.
fn principals(parts: usize) -> Vec<Named> {
    let of = |count: usize| count / parts;
    let list = |form: &str, each: &dyn Fn(usize) -> String, count: usize| {
        let principals: Vec<String> = (0..of(count)).map(each).collect();
        document(&format!(r#""Resource":"*","Principal":{{"{form}":[{}]}}"#, principals.join(",")))
    };
    let same = |form: &str, text: &str, count: usize| list(form, &|_| text.to_owned(), count);
    let account = |at: usize| 111_122_223_333 + at;
    let user = format!("\"arn:aws:iam::111122223333:user/{}a\"", "a/".repeat(250));
    vec![
        ("principals as short as can be", same("AWS", r#""*""#, 24_000)),
        ("accounts as numbers", list("AWS", &|at| account(at).to_string(), 20_000)),
        ("one account as a number", same("AWS", "111122223333", 24_000)),
        ("roots", list("AWS", &|at| format!("\"arn:aws:iam::{}:root\"", account(at)), 8_000)),
        ("one user with a long path", same("AWS", &user, 1_500)),
        ("services of the last suffix", same("Service", r#""a.amazonaws.eu""#, 24_000)),
        (
            "a service of many labels",
            same("Service", &format!("\"{}amazonaws.eu\"", "a.".repeat(250)), 1_500),
        ),
        ("one canonical user", same("CanonicalUser", &format!("\"{}\"", "0".repeat(64)), 10_000)),
        (
            "statements for everyone",
            of_statements(r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#, of(4_000)),
        ),
        (
            "statements for all but one, whose names end in an escape",
            of_statements(
                r#"{"Effect":"Deny","NotPrincipa\u006c":{"AWS":"111122223333"},"NotActio\u006e":"*","NotResourc\u0065":"*"}"#,
                of(4_000),
            ),
        ),
    ]
}

/// What no policy is.
fn broken(parts: usize) -> Vec<Named> {
    let of = |count: usize| count / parts;
    vec![
        ("80,000 members in eight objects", members(8, of(10_000))),
        ("90,000 members in one object", members(1, of(90_000))),
        ("many small objects, each in another", nested_objects(of(25_000))),
        ("objects of two members", format!(r#"{{"x":[{}0]}}"#, r#"{"":0,"a":0},"#.repeat(of(60_000)))),
        ("names of escapes, equal but for their ends", escaped_names(of(6_000))),
        ("long names, equal but for their ends", long_names(of(7_000))),
        ("one name of 200 KB, then many of one", one_long_name(of(60_000))),
        ("brackets in pairs", format!(r#"{{"Id":"","Statement":"","x":[{}[]]}}"#, "[],".repeat(of(200_000)))),
        ("arrays eight deep", format!(r#"{{"x":[{}0]}}"#, "[[[[[[]]]]]],".repeat(of(50_000)))),
        ("a bomb of brackets", "[".repeat(of(600_000))),
        ("a bomb of objects", r#"{"":"#.repeat(of(150_000))),
        ("white space", format!("{{{}\"x\":0}}", " \n\t\r".repeat(of(150_000)))),
        ("numbers that nobody wants", format!(r#"{{"x":[{}0]}}"#, "0,".repeat(of(300_000)))),
        ("empty texts that nobody wants", format!(r#"{{"x":[{}0]}}"#, r#""","#.repeat(of(300_000)))),
        ("lines", format!("{{{}\"x\":0}}", "\n".repeat(of(900_000)))),
        (
            "a character beyond Latin-1 at the end",
            format!(r#"{{"x":["{}\u0100"]}}"#, r"\u0061".repeat(of(60_000))),
        ),
        ("three bytes a character", format!(r#"{{"x":"{}"}}"#, "\u{20AC}".repeat(of(200_000)))),
        ("two bytes a character", format!(r#"{{"x":"{}"}}"#, "\u{E9}".repeat(of(300_000)))),
    ]
}

const VERSION: &str = r#""Version":"2012-10-17""#;

/// A document of one statement with these elements in place of `Resource`. `Version` comes last, where it costs most.
fn document(rest: &str) -> String {
    format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:*",{rest}}}],{VERSION}}}"#)
}

fn of_resources(resources: &[String]) -> String {
    document(&format!(r#""Resource":["{}"]"#, resources.join("\",\"")))
}

fn of_conditions(conditions: &str) -> String {
    document(&format!(r#""Resource":"*","Condition":{{{conditions}}}"#))
}

/// Distinct resources, as an honest document has them.
fn control(count: usize) -> String {
    let resources: Vec<String> =
        (0..count).map(|number| format!("arn:aws:s3:::bucket-{number:06}/home/of/somebody/*")).collect();
    of_resources(&resources)
}

/// Statements whose `Sid`s have one length and one beginning.
fn sids(count: usize, last_first: bool) -> String {
    let statement = |number: usize| {
        format!(
            r#"{{"Sid":"{}{number:04}","Effect":"Deny","Action":"*","Resource":"*"}}"#,
            "VisualEditorStatement".repeat(3)
        )
    };
    let number = |at: usize| if last_first { count - at } else { at };
    let statements: Vec<String> = (0..count).map(|at| statement(number(at))).collect();
    format!(r#"{{"Statement":[{}],{VERSION}}}"#, statements.join(","))
}

/// The shortest names that a number of variables can have.
fn short_names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!(":{number:x}")).collect()
}

/// Names whose 32-bit hashes are all the same, found by solving the hash for its last word.
fn colliding_names(count: usize) -> Vec<String> {
    const STEP: u64 = 0xADF8_5458_A2BB_4A9B;
    const LENGTH: u64 = 0xAFDC_5620_273D_3CF1;
    const FINISH: u64 = 0xD8B9_C583_CE2D_3695;
    // Newton's iteration for the inverse of an odd number.
    let inverse = |odd: u64| {
        (0..6).fold(odd, |found: u64, _| found.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(found))))
    };
    let (step_back, finish_back) = (inverse(STEP), inverse(FINISH));
    let unshift = |value: u64, by: u32| (0..64 / by).fold(value, |found, _| value ^ found >> by);
    let plain = |byte: u8| {
        (0x21..0x7F).contains(&byte) && !byte.is_ascii_uppercase() && !b"\"\\${}',".contains(&byte)
    };
    let mut names = Vec::with_capacity(count);
    let mut number = 0_u64;
    while names.len() < count {
        number += 1;
        let front = format!("aws:t/{:010}", number % 10_000_000_000);
        let words = front.as_bytes().as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let state = words.fold(24_u64.wrapping_mul(LENGTH), |state, word| {
            let product = (state ^ word).wrapping_mul(STEP);
            product ^ product >> 32
        });
        for high in 0..256_u64 {
            let wanted = high << 32 | 0x1234_5678;
            let end = unshift(unshift(wanted, 32).wrapping_mul(finish_back), 29);
            let last = (unshift(end, 32).wrapping_mul(step_back) ^ state).to_le_bytes();
            if last.iter().all(|byte| plain(*byte)) {
                names.push(front.clone() + std::str::from_utf8(&last).unwrap_or_default());
                break;
            }
        }
    }
    names
}

/// Variables with these names, then references to the last ones; or one of them after many such references each.
fn variables(names: &[String], parts: usize, interleaved: bool) -> String {
    let reference = |name: &String| format!("${{{name}}}");
    // One variable of two: a search that walks from the front would find these late.
    let late: Vec<String> = names.iter().rev().take(8).map(reference).collect();
    let many: String = late.iter().cycle().take(40).map(String::as_str).collect();
    let resource = |text: &str| format!("arn:aws:s3:::{text}");
    let mut resources: Vec<String> = Vec::new();
    if interleaved {
        for name in names {
            resources.push(resource(&format!(
                "{}{}",
                if resources.is_empty() { "" } else { &many },
                reference(name)
            )));
        }
        // The references above are to names that come first.
        resources.insert(0, resource(&late.concat()));
    } else {
        resources.extend(names.iter().map(|name| resource(&reference(name))));
    }
    let mut bytes: usize = resources.iter().map(String::len).sum();
    let mut text = bytes;
    while bytes < 700_000 / parts && text < 230_000 / parts {
        let next = resource(&format!("{}{many}", resources.len()));
        bytes += next.len();
        text += 20 + 3 * 40;
        resources.push(next);
    }
    of_resources(&resources)
}

/// Conditions about these keys, as often as the class takes.
fn keys(names: &[String]) -> String {
    let operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];
    let mut conditions = String::new();
    for operator in operators {
        let keys: Vec<String> = names.iter().map(|name| format!("\"{name}\":\"\"")).collect();
        let _ = write!(conditions, "\"{operator}\":{{{}}},", keys.join(","));
    }
    of_conditions(conditions.trim_end_matches(','))
}

/// One key, and defaults that differ in their last characters.
fn defaults(count: usize) -> String {
    let default = "d".repeat(100);
    let resources: Vec<String> = (0..count)
        .map(|number| format!("arn:aws:s3:::{0}${{:a, '{default}{number:04}'}}", number % 7))
        .chain((0..count).map(|number| format!("arn:aws:s3:::{number}${{:a, '{default}{:04}'}}", count - 1)))
        .collect();
    of_resources(&resources)
}

/// Keys that are all siblings (R-COND-7), under each of these operators.
fn keys_under(operators: &[&str], count: usize) -> String {
    let keys: Vec<String> = (0..count).map(|number| format!(r#""a:{number:x}":"""#)).collect();
    let conditions: Vec<String> =
        operators.iter().map(|operator| format!("\"{operator}\":{{{}}}", keys.join(","))).collect();
    of_conditions(&conditions.join(","))
}

/// Statements whose conditions have every operator there is.
fn operators(count: usize) -> String {
    let bases = [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ];
    let mut blocks = Vec::new();
    for base in bases {
        for qualifier in ["", "ForAllValues:", "ForAnyValue:"] {
            for suffix in ["", "IfExists"] {
                blocks.push(format!(r#""{qualifier}{base}{suffix}":{{"a:a":""}}"#));
            }
        }
    }
    let block = blocks.join(",");
    let statement = format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{{block}}}}}"#);
    format!(r#"{{"Statement":[{}],{VERSION}}}"#, vec![statement; count].join(","))
}

/// Resources that begin with a number.
fn distinct(count: usize, rest: &str) -> Vec<String> {
    (0..count).map(|number| format!("arn:aws:s3:::{number}{rest}")).collect()
}

/// Statements of one condition, of the shortest operator.
fn small_conditions(count: usize) -> String {
    let statement = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"a:a":true}}}"#;
    of_statements(statement, count)
}

/// Actions, many of them.
fn actions(count: usize) -> String {
    let actions: Vec<String> = (0..count).map(|number| format!("\"a:{number:x}\"")).collect();
    of_actions(&actions.iter().map(String::as_str).collect::<Vec<_>>())
}

fn of_actions(actions: &[&str]) -> String {
    format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":[{}],"Resource":"*"}}],{VERSION}}}"#,
        actions.join(",")
    )
}

/// Texts of nothing but one escape.
fn escapes(escape: &str, count: usize) -> String {
    let text = escape.repeat(2_000);
    let values: Vec<String> = (0..count).map(|number| format!("\"{text}{number}\"")).collect();
    of_conditions(&format!(r#""StringLike":{{"a:a":[{}]}}"#, values.join(",")))
}

/// Values that say the same, as many as the class takes, or as fit 1 MB.
fn values(operator: &str, value: &str, parts: usize) -> String {
    let count = (900_000 / (value.len() + 1)).min(24_000) / parts;
    of_conditions(&format!(r#""{operator}":{{"a:a":[{}]}}"#, vec![value; count].join(",")))
}

fn short_values(count: usize) -> String {
    let values: Vec<String> = (0..count).map(|number| format!("\"{number:x}\"")).collect();
    of_conditions(&format!(r#""StringEquals":{{"a:a":[{}]}}"#, values.join(",")))
}

/// Two values of three bytes that take turns with others of their length: a table of texts compares them all.
fn meeting_values(count: usize) -> String {
    let values: Vec<String> = (0..count).map(|number| format!("\"{:03x}\"", number % 4_096)).collect();
    of_conditions(&format!(r#""StringEquals":{{"a:a":[{}]}}"#, values.join(",")))
}

/// One statement, again and again.
fn of_statements(statement: &str, count: usize) -> String {
    format!(r#"{{"Statement":[{}],{VERSION}}}"#, vec![statement; count].join(","))
}

/// A long text that is stored once: the sum of the texts is far above the size of the image.
fn one_text(count: usize) -> String {
    of_resources(&vec![format!("arn:aws:s3:::{}", "x".repeat(8_000)); count])
}

/// Objects with so many members each, one in the other, and no policy.
fn members(depth: usize, each: usize) -> String {
    let mut json = String::from("0");
    for _ in 0..depth {
        let mut object = String::from("{");
        for number in 0..each {
            let _ = write!(object, "\"{number:x}\":0,");
        }
        json = format!("{object}\"-\":{json}}}");
    }
    json
}

fn nested_objects(count: usize) -> String {
    let inner = r#"{"":{"":{"":{"":{"":{}}}}}}"#;
    format!(r#"{{"x":[{}]}}"#, vec![inner; count].join(","))
}

fn escaped_names(count: usize) -> String {
    let front = r"\u0061".repeat(20);
    let members: Vec<String> = (0..count).map(|number| format!("\"{front}{number:04x}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn long_names(count: usize) -> String {
    let front = "a".repeat(100);
    let members: Vec<String> = (0..count).map(|number| format!("\"{front}{number:04x}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn one_long_name(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|number| format!("\"{number:x}\":0")).collect();
    format!("{{\"{}\":0,{}}}", r"\u0061".repeat(count / 2), members.join(","))
}
