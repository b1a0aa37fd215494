//! Policy documents that a stranger could write to make compiling slow: each the worst of its kind that we know.
//!
//! All are of the kind `identity` and fit the largest class of scratch memory, unless they are refused, which must be
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
}

/// All of them; the first is the control, an honest document of 250 KB. Then each accepted one once more with an
/// unknown element at its end, so that it is refused after all of the work.
#[must_use]
pub fn all() -> Vec<HostileDocument> {
    let accepted = [
        ("distinct resources (control)", control()),
        ("4,000 Sids of one length", sids()),
        ("2,040 variables, then references to the last", variables(&short_names(2_040), false)),
        ("2,040 variables, a new one after many old ones", variables(&short_names(2_040), true)),
        ("2,040 variables whose names collide", variables(&colliding_names(2_040), false)),
        ("2,000 keys whose names collide, referred to", keys(&colliding_names(2_000))),
        ("2,040 defaults of one variable", defaults()),
        ("2,000 keys under one operator", siblings()),
        ("every operator, again and again", operators()),
        ("resources of `*?*?`", wildcards()),
        ("resources of one character each way", tiny_patterns()),
        ("16,000 actions", actions()),
        ("escapes for every character", escapes(r"\u0061")),
        ("escapes of two characters", escapes(r"\n")),
        ("values of one digit", values("NumericEquals", "1")),
        ("values of one digit in quotes", values("NumericEquals", r#""1""#)),
        ("dates of one digit", values("DateEquals", "1")),
        ("truth values", values("Bool", "true")),
        ("empty values", values("StringEquals", r#""""#)),
        ("short values that differ", short_values()),
        ("short values that meet in one slot", meeting_values()),
        ("addresses", values("IpAddress", r#""1.1.1.1""#)),
        ("base64", values("BinaryEquals", r#""AA==""#)),
        ("long texts in base64", values("BinaryEquals", &format!("\"{}\"", "QUJD".repeat(4_000)))),
        ("statements as small as can be", statements()),
        ("one text of 8 KB again and again", one_text()),
    ];
    let accepted = accepted.map(|(name, json)| (name.to_owned(), json));
    let refused = accepted.iter().map(|(name, json)| {
        let open = json.strip_suffix("}").unwrap_or(json);
        HostileDocument {
            name: format!("{name}; refused at the end"),
            json: format!("{open},\"x\":0}}").into_bytes(),
            accepted: false,
        }
    });
    let more = [
        ("80,000 members in eight objects", members(8, 10_000)),
        ("90,000 members in one object", members(1, 90_000)),
        ("many small objects, each in another", nested_objects()),
        ("names of escapes, equal but for their ends", escaped_names()),
        ("long names, equal but for their ends", long_names()),
        ("one name of 200 KB, then many of one", one_long_name()),
        ("brackets in pairs", format!(r#"{{"Id":"","Statement":"","x":[{}[]]}}"#, "[],".repeat(200_000))),
        ("arrays eight deep", format!(r#"{{"x":[{}0]}}"#, "[[[[[[]]]]]],".repeat(50_000))),
        ("a bomb of brackets", "[".repeat(600_000)),
        ("a bomb of objects", r#"{"":"#.repeat(150_000)),
        ("white space", format!("{{{}\"x\":0}}", " \n\t\r".repeat(150_000))),
        ("numbers that nobody wants", format!(r#"{{"x":[{}0]}}"#, "0,".repeat(300_000))),
        (
            "a character beyond Latin-1 at the end",
            format!(r#"{{"x":["{}\u0100"]}}"#, r"\u0061".repeat(60_000)),
        ),
        ("three bytes a character", format!(r#"{{"x":"{}"}}"#, "\u{20AC}".repeat(200_000))),
    ];
    let more = more.map(|(name, json)| HostileDocument {
        name: name.to_owned(),
        json: json.into_bytes(),
        accepted: false,
    });
    let as_hostile = |(name, json): &(String, String)| HostileDocument {
        name: name.clone(),
        json: json.clone().into_bytes(),
        accepted: true,
    };
    accepted.iter().map(as_hostile).chain(refused).chain(more).collect()
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
#[must_use]
pub fn control() -> String {
    let resources: Vec<String> =
        (0..5_000).map(|number| format!("arn:aws:s3:::bucket-{number:06}/home/of/somebody/*")).collect();
    of_resources(&resources)
}

/// Statements whose `Sid`s have one length and one beginning.
#[must_use]
pub fn sids() -> String {
    let statement = |number: usize| {
        format!(
            r#"{{"Sid":"{}{number:04}","Effect":"Deny","Action":"*","Resource":"*"}}"#,
            "VisualEditorStatement".repeat(3)
        )
    };
    let statements: Vec<String> = (0..4_000).map(statement).collect();
    format!(r#"{{"Statement":[{}],{VERSION}}}"#, statements.join(","))
}

/// The shortest names that a number of variables can have.
fn short_names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!(":{number:x}")).collect()
}

/// Names whose 32-bit hashes are all the same, found by solving the hash for its last word.
#[must_use]
pub fn colliding_names(count: usize) -> Vec<String> {
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
fn variables(names: &[String], interleaved: bool) -> String {
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
    while bytes < 700_000 && text < 230_000 {
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
#[must_use]
pub fn defaults() -> String {
    let default = "d".repeat(100);
    let resources: Vec<String> = (0..2_040)
        .map(|number| format!("arn:aws:s3:::{0}${{:a, '{default}{number:04}'}}", number % 7))
        .chain((0..2_000).map(|number| format!("arn:aws:s3:::{number}${{:a, '{default}2039'}}")))
        .collect();
    of_resources(&resources)
}

/// Keys that are all siblings (R-COND-7).
#[must_use]
pub fn siblings() -> String {
    keys_under(&["StringEquals", "StringLike", "ArnLike", "ArnEquals"][..1], 2_000)
}

fn keys_under(operators: &[&str], count: usize) -> String {
    let keys: Vec<String> = (0..count).map(|number| format!(r#""a:{number:x}":"""#)).collect();
    let conditions: Vec<String> =
        operators.iter().map(|operator| format!("\"{operator}\":{{{}}}", keys.join(","))).collect();
    of_conditions(&conditions.join(","))
}

/// Statements whose conditions have every operator there is.
#[must_use]
pub fn operators() -> String {
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
    format!(r#"{{"Statement":[{}],{VERSION}}}"#, vec![statement; 220].join(","))
}

/// Patterns in which no character stands for itself.
#[must_use]
pub fn wildcards() -> String {
    let resources: Vec<String> =
        (0..150).map(|number| format!("arn:aws:s3:::{number}{}", "*?".repeat(1_000))).collect();
    of_resources(&resources)
}

/// Patterns in which text and wildcards alternate.
#[must_use]
pub fn tiny_patterns() -> String {
    let resources: Vec<String> =
        (0..150).map(|number| format!("arn:aws:s3:::{number}{}", "a*".repeat(1_000))).collect();
    of_resources(&resources)
}

/// Actions, many of them.
#[must_use]
pub fn actions() -> String {
    let actions: Vec<String> = (0..16_000).map(|number| format!("\"a:{number:x}\"")).collect();
    format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":[{}],"Resource":"*"}}],{VERSION}}}"#,
        actions.join(",")
    )
}

/// Texts of nothing but one escape.
fn escapes(escape: &str) -> String {
    let text = escape.repeat(2_000);
    let values: Vec<String> = (0..60).map(|number| format!("\"{text}{number}\"")).collect();
    of_conditions(&format!(r#""StringLike":{{"a:a":[{}]}}"#, values.join(",")))
}

/// Values that say the same, as many as the class takes, or as fit 1 MB.
fn values(operator: &str, value: &str) -> String {
    let count = (900_000 / (value.len() + 1)).min(24_000);
    of_conditions(&format!(r#""{operator}":{{"a:a":[{}]}}"#, vec![value; count].join(",")))
}

fn short_values() -> String {
    let values: Vec<String> = (0..24_000).map(|number| format!("\"{number:x}\"")).collect();
    of_conditions(&format!(r#""StringEquals":{{"a:a":[{}]}}"#, values.join(",")))
}

/// Two values of three bytes that take turns with others of their length: a table of texts compares them all.
fn meeting_values() -> String {
    let values: Vec<String> = (0..24_000).map(|number| format!("\"{:03x}\"", number % 4_096)).collect();
    of_conditions(&format!(r#""StringEquals":{{"a:a":[{}]}}"#, values.join(",")))
}

/// Statements of the elements that they must have.
#[must_use]
pub fn statements() -> String {
    let statement = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    format!(r#"{{"Statement":[{}],{VERSION}}}"#, [statement; 4_000].join(","))
}

/// A long text that is stored once: the sum of the texts is far above the size of the image.
#[must_use]
pub fn one_text() -> String {
    of_resources(&vec![format!("arn:aws:s3:::{}", "x".repeat(8_000)); 120])
}

/// Objects with so many members each, one in the other, and no policy.
#[must_use]
pub fn members(depth: usize, each: usize) -> String {
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

fn nested_objects() -> String {
    let inner = r#"{"":{"":{"":{"":{"":{}}}}}}"#;
    format!(r#"{{"x":[{}]}}"#, vec![inner; 25_000].join(","))
}

fn escaped_names() -> String {
    let front = r"\u0061".repeat(20);
    let members: Vec<String> = (0..6_000).map(|number| format!("\"{front}{number:04x}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn long_names() -> String {
    let front = "a".repeat(100);
    let members: Vec<String> = (0..7_000).map(|number| format!("\"{front}{number:04x}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn one_long_name() -> String {
    let members: Vec<String> = (0..60_000).map(|number| format!("\"{number:x}\":0")).collect();
    format!("{{\"{}\":0,{}}}", r"\u0061".repeat(30_000), members.join(","))
}
