//! Policy texts that match, or nearly match, a text of the request.

use super::Rng;
use super::pools::A1;
use super::statements::Aim;
use super::world::World;

/// Changes the case of one or all letters.
pub fn other_case(rng: &mut Rng, text: &str) -> String {
    match rng.below(3) {
        0 => text.to_ascii_uppercase(),
        1 => text.to_ascii_lowercase(),
        _ => {
            let mut chars: Vec<char> = text.chars().collect();
            if chars.is_empty() {
                return String::new();
            }
            let at = rng.below(chars.len());
            let c = chars[at];
            chars[at] = if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            chars.into_iter().collect()
        }
    }
}

/// A pattern that matches the text.
pub fn wild(rng: &mut Rng, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.is_empty() || text.contains("${") {
        return if rng.chance(50) { "*".to_string() } else { text.to_string() };
    }
    let at = rng.below(chars.len() + 1);
    let to = at + rng.below(chars.len() + 1 - at);
    let head: String = chars[..at].iter().collect();
    let tail: String = chars[to..].iter().collect();
    match rng.below(6) {
        0 => text.to_string(),
        1 => format!("{head}*"),
        2 => format!("*{tail}"),
        3 => format!("{head}*{tail}"),
        4 => format!("{head}**{tail}"),
        _ => {
            let mut chars = chars;
            let at = at.min(chars.len() - 1);
            chars[at] = '?';
            chars.into_iter().collect()
        }
    }
}

/// A text that nearly is the given one.
pub fn near(rng: &mut Rng, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.is_empty() || text.contains("${") {
        return format!("{text}x");
    }
    let at = rng.below(chars.len());
    match rng.below(5) {
        0 => chars.push('x'),
        1 => {
            chars.remove(at);
        }
        2 => chars.insert(at, '?'),
        3 => return other_case(rng, text),
        _ => chars[at] = 'x',
    }
    chars.into_iter().collect()
}

/// A legal action pattern for the kind.
pub fn action(rng: &mut Rng, kind: &str, action: &str, aim: Aim) -> String {
    let (prefix, name) = action.split_once(':').expect("a concrete action");
    let classic = kind == "scp_classic";
    let scp = kind.starts_with("scp");
    let partial_only = matches!(kind, "trust" | "rcp");
    let text = match aim {
        Aim::True => match rng.below(9) {
            0 if !partial_only => "*".to_string(),
            1 | 2 => format!("{prefix}:*"),
            3 if !partial_only && !classic => format!("*:{}", wild(rng, name)),
            4 if !scp => other_case(rng, action),
            4 if !classic => format!("{prefix}:{}", other_case(rng, name)),
            5 if classic => format!("{prefix}:{}*", &name[..rng.below(name.len())]),
            5 | 6 if !classic => format!("{prefix}:{}", wild(rng, name)),
            7 if !partial_only && !classic => rng.text(&["*:*", "*:*e*"]),
            _ => action.to_string(),
        },
        Aim::Indet if classic => match rng.below(3) {
            0 => format!("{prefix}:{}", name.to_ascii_uppercase()),
            1 => format!("{prefix}:{}*", name[..name.len() - 1].to_ascii_uppercase()),
            _ => format!("{prefix}:{}", other_case(rng, name)),
        },
        _ => match rng.below(5) {
            _ if kind == "trust" => {
                rng.text(&["sts:TagSession", "sts:AssumeRol", "sts:SetSourceIdentity", "sts:Get*"])
            }
            0 => format!("{}:{name}", rng.pick(&["s3", "sqs", "nosuch", "s3-object-lambda", "s3.x"])),
            1 => rng.text(&["iam:*", "ec2:Describe*", "s3:Put*", "sqs:*", "nosuch:Thing"]),
            2 => format!("{prefix}:x{}", name.to_ascii_lowercase()),
            _ if classic => format!("{prefix}:{name}x"),
            3 => format!("{prefix}:{}", near(rng, name)),
            _ => format!("{prefix}:{name}?"),
        },
    };
    // Shortened names must not be empty.
    if text.ends_with(':') { format!("{text}*") } else { text }
}

/// A legal resource pattern for the kind.
pub fn resource(rng: &mut Rng, kind: &str, world: &World, request: &str, aim: Aim, modern: bool) -> String {
    if request == "*" {
        return everything(rng, kind, &world.action, aim);
    }
    let fields: Vec<&str> = request.splitn(6, ':').collect();
    if aim == Aim::True && rng.chance(20) {
        return "*".to_string();
    }
    if rng.chance(6) && matches!(kind, "identity" | "boundary") {
        let service = if aim == Aim::True { fields[2] } else { "dynamodb" };
        let head = format!("arn:{}:{service}", fields[1]);
        return match rng.below(3) {
            0 => format!("{head}:{}", fields[3]),
            1 => format!("{head}:*:*"),
            _ => head,
        };
    }
    if aim == Aim::Indet {
        // A star that reaches across a colon of the first five, or a variable without a value.
        if fields[5].contains(":111122223333:instance") {
            return format!(
                "arn:{}:ec2:*:{A1}:{}",
                fields[1],
                rng.pick(&["instance/*", "instance/i-?", "*/i-1"])
            );
        }
        return match rng.below(3) {
            0 => format!("arn:{}:{}:{}:*:x", fields[1], fields[2], fields[3]),
            1 => "arn:aws:s3:::b/${x:nokey}/*".to_string(),
            _ => "arn:aws:s3:::b/${x:nokey, 'alice'}/*".to_string(),
        };
    }
    let partition = if rng.chance(10) { "*" } else { fields[1] };
    let region = match rng.below(6) {
        0 => "*".to_string(),
        1 if !fields[3].is_empty() => wild(rng, fields[3]),
        2 if modern && rng.chance(30) => "${aws:RequestedRegion}".to_string(),
        _ => fields[3].to_string(),
    };
    let account = match rng.below(8) {
        0 => "*".to_string(),
        1 if kind != "vpce" && fields[4].len() == 12 => format!("{}*", &fields[4][..rng.below(12)]),
        2 if fields[4].len() == 12 => "????????????".to_string(),
        3 if modern && fields[4].len() == 12 => "${aws:PrincipalAccount}".to_string(),
        _ => fields[4].to_string(),
    };
    let tail = resource_field(rng, fields[5], modern);
    if aim == Aim::True {
        return format!("arn:{partition}:{}:{region}:{account}:{tail}", fields[2]);
    }
    match rng.below(6) {
        0 => format!("arn:aws-us-gov:{}:{region}:{account}:{tail}", fields[2]),
        1 => format!("arn:{partition}:{}:us-west-9:{account}:{tail}", fields[2]),
        2 => format!("arn:{partition}:{}:{region}:444455556666:{tail}", fields[2]),
        3 => format!("arn:{partition}:nosuch:{region}:{account}:{tail}"),
        4 if modern => format!("arn:{partition}:{}:{region}:{account}:b/${{x:nokey}}*", fields[2]),
        _ => format!("arn:{partition}:{}:{region}:{account}:{}", fields[2], near(rng, fields[5])),
    }
}

/// A pattern for a request about `*` (R-RES-14).
fn everything(rng: &mut Rng, kind: &str, action: &str, aim: Aim) -> String {
    let service = action.split(':').next().unwrap_or_default().to_ascii_lowercase();
    match aim {
        Aim::True => "*".to_string(),
        Aim::Indet => {
            if kind == "identity" && rng.chance(20) {
                return format!("arn:aws:{service}");
            }
            let rest = rng.text(&[":::*", ":*:*:*", "::*:**", ":::", ":**::*"]);
            format!("arn:{}:{service}{rest}", rng.pick(&["aws", "*", "aws-cn"]))
        }
        Aim::False => match rng.below(4) {
            0 => format!("arn:aws:{service}:::b/*"),
            1 => format!("arn:aws:{service}:us-east-1:*:*"),
            2 => format!("arn:aws:{service}:*:*:?*"),
            _ => rng.text(&["arn:aws:dynamodb:::*", "arn:*:nosuch:*:*:*"]),
        },
    }
}

/// A pattern for the sixth field, with variables where they fit.
fn resource_field(rng: &mut Rng, text: &str, modern: bool) -> String {
    if modern && rng.chance(35) {
        if text.contains("alice") {
            let variable = rng.text(&[
                "${aws:username}",
                "${AWS:UserName}",
                "${x:nokey, 'alice'}",
                "${aws:PrincipalTag/team, 'alice'}",
                "${x:k}",
                "${x:k, 'alice'}",
            ]);
            return text.replace("alice", &variable);
        }
        if text.contains("/*/") {
            return text
                .replace("/*/", &rng.text(&["/${*}/", "/${x:k}/", "/${aws:PrincipalTag/team, '*'}/"]));
        }
        if let Some(rest) = text.strip_prefix("b/${") {
            return format!("b/${{$}}{{{rest}");
        }
        if text.ends_with("red") {
            return rng.text(&[
                "b-${x:k}",
                "b-${x:k, 'red'}",
                "b-${x:k}*",
                "b-${aws:PrincipalTag/team, 'red'}",
            ]);
        }
    }
    wild(rng, text)
}
