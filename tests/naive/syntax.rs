//! What an action, resource, principal or condition key of a policy may look like.

use super::principal::Entry;
use super::reach;
use super::variables::{self, Part};

type Checked = Result<(), &'static str>;

fn require(holds: bool, code: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(code) }
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the text is an account id.
pub fn is_account(text: &str) -> bool {
    digits(text, 12)
}

/// R-RES-2: `aws` or `aws-…`.
pub fn is_partition(text: &str) -> bool {
    match text.strip_prefix("aws-") {
        Some(rest) => !rest.is_empty() && rest.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')),
        None => text == "aws",
    }
}

/// R-RES-3: six fields, `arn:` in lower case, a partition and a service.
pub fn is_request_arn(text: &str) -> bool {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    fields.len() == 6 && fields[0] == "arn" && is_partition(fields[1]) && is_label(fields[2])
}

/// Whether a resource is a role (R-RES-15).
pub fn is_role_arn(text: &str) -> bool {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    is_request_arn(text) && fields[2] == "iam" && fields[5].starts_with("role/")
}

/// R-PRIN-17: whether a role's path begins with `/aws-service-role/`.
pub fn is_service_linked(role_arn: &str) -> bool {
    is_role_arn(role_arn)
        && role_arn.splitn(6, ':').nth(5).is_some_and(|rest| rest.starts_with("role/aws-service-role/"))
}

/// R-ACT-2: the characters of a service prefix.
pub fn is_prefix(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
}

/// R-ACT-3: the characters of an action name.
pub fn is_action_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != ':' && c != '$')
}

/// R-ACT-1 to R-ACT-3 and the additions of the kinds.
pub fn action(kind: &str, text: &str) -> Checked {
    let bad = "BAD_ACTION";
    if text == "*" {
        // R-KIND-6, R-RCP-2
        return require(kind != "trust" && kind != "rcp", bad);
    }
    let colons = text.matches(':').count();
    require(colons == 1, bad)?;
    let (prefix, name) = text.split_once(':').expect("one colon");
    require(prefix == "*" || is_prefix(prefix), bad)?;
    require(is_action_name(name), bad)?;
    match kind {
        // R-KIND-6
        "trust" => require(prefix.eq_ignore_ascii_case("sts"), bad),
        // R-RCP-2
        "rcp" => require(prefix != "*", bad),
        // R-SCPF-2
        "scp_full" => require(!prefix.chars().any(|c| c.is_ascii_uppercase()), bad),
        // R-SCPC-14, R-SCPC-16, R-SCPC-17
        "scp_classic" => {
            require(prefix != "*", bad)?;
            require(!prefix.chars().any(|c| c.is_ascii_uppercase()), bad)?;
            require(!name.contains('?'), bad)?;
            require(!name[..name.len() - 1].contains('*'), bad)
        }
        _ => Ok(()),
    }
}

/// Text of a field that holds no variable.
fn plain(field: &[Part]) -> Option<String> {
    field
        .iter()
        .map(|part| match part {
            Part::Plain(c) => Some(*c),
            _ => None,
        })
        .collect()
}

/// R-RES-1, R-RES-2, R-RES-8, R-VAR-4, R-VAR-5, R-VPCE-5.
pub fn resource(kind: &str, text: &str, modern: bool) -> Checked {
    let bad = "BAD_RESOURCE";
    if text == "*" {
        return Ok(());
    }
    let parts = variables::parse(text, modern)?;
    let mut fields = variables::fields(&parts);
    require(plain(&fields[0]).as_deref() == Some("arn"), bad)?;
    // R-RES-8: identity, inline and boundary kinds complete 3 to 5 fields.
    require(fields.len() >= 3, bad)?;
    let completes = matches!(kind, "identity" | "inline_user" | "inline_group" | "inline_role" | "boundary");
    while fields.len() < 6 {
        require(completes, bad)?;
        fields.push(vec![Part::Plain('*')]);
    }
    // R-VAR-5: no variables in partition and service.
    let partition = plain(&fields[1]).ok_or("BAD_VARIABLE")?;
    let service = plain(&fields[2]).ok_or("BAD_VARIABLE")?;
    require(partition == "*" || is_partition(&partition), bad)?;
    require(!service.is_empty(), bad)?;
    require(service.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-')), bad)?;
    for part in &fields[3] {
        match part {
            Part::Plain(c) => require(matches!(c, 'a'..='z' | '0'..='9' | '-' | '*' | '?'), bad)?,
            // R-VAR-3: none of the three characters is one of a region.
            Part::Literal(_) => return Err(bad),
            Part::Variable(..) => {}
        }
    }
    require(account_field(kind, &fields[4]), bad)
}

fn account_field(kind: &str, field: &[Part]) -> bool {
    let Some(text) = plain(field) else { return matches!(field, [Part::Variable(..)]) };
    if text.is_empty() || is_account(&text) || matches!(text.as_str(), "aws" | "amazon" | "cloudfront") {
        return true;
    }
    let wild = text.contains(['*', '?']);
    let has_digit = text.chars().any(|c| c.is_ascii_digit());
    let legal = text.chars().all(|c| c.is_ascii_digit() || c == '*' || c == '?');
    // R-VPCE-5: an id or a wildcard, not a mix.
    if kind == "vpce" && wild && has_digit {
        return false;
    }
    wild && legal && text.len() <= 12
}

/// Name characters and path segments of a user, role or session.
fn is_name(text: &str) -> bool {
    text.split('/').all(has_name_characters)
}

fn has_name_characters(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '*' | '?' | '$'))
}

/// R-PRIN-4 to R-PRIN-10, R-KIND-5, R-NPRIN-2: one value of a principal element.
pub fn principal(kind: &str, negated: bool, entry: &Entry) -> Checked {
    let bad = "BAD_PRINCIPAL";
    match entry {
        // R-KIND-7, R-NPRIN-2
        Entry::Everyone => require(kind != "trust" && !negated, bad),
        Entry::Aws(text) if text == "*" => require(!negated, bad),
        Entry::Aws(text) => require(is_aws_principal(text), bad),
        Entry::Service(text) => require(is_service(text), bad),
        Entry::Federated(text) => require(kind == "trust" && is_provider(text), bad),
        Entry::Canonical(text) => {
            let hex = text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
            require(kind == "resource" && hex && text.len() == 64, bad)
        }
    }
}

/// R-PRIN-5: `arn:P:iam::cloudfront:user/CloudFront Origin Access Identity ID`.
pub fn is_origin_identity(text: &str) -> bool {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    if fields.len() < 6 || fields[0] != "arn" || !is_partition(fields[1]) {
        return false;
    }
    if fields[2] != "iam" || !fields[3].is_empty() || fields[4] != "cloudfront" {
        return false;
    }
    let id = fields[5].strip_prefix("user/CloudFront Origin Access Identity ");
    id.is_some_and(is_capitals_and_digits)
}

fn is_capitals_and_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// R-PRIN-5, R-PRIN-6
fn is_aws_principal(text: &str) -> bool {
    if is_account(text) {
        return true;
    }
    if is_origin_identity(text) {
        reach("R-PRIN-5", "origin identity");
        return true;
    }
    if text.split(':').nth(4) == Some("cloudfront") {
        reach("R-PRIN-5", "another principal of cloudfront");
        return false;
    }
    if text.starts_with("AIDA") || text.starts_with("AROA") {
        return is_capitals_and_digits(&text[4..]);
    }
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    if fields.len() < 6 || fields[0] != "arn" || !is_partition(fields[1]) {
        return false;
    }
    if !fields[3].is_empty() || !is_account(fields[4]) {
        return false;
    }
    let rest = fields[5];
    match fields[2] {
        "iam" => {
            let named = rest.strip_prefix("user/").or(rest.strip_prefix("role/"));
            rest == "root" || named.is_some_and(is_name)
        }
        "sts" => {
            if let Some(session) = rest.strip_prefix("assumed-role/") {
                return is_name(session) && session.matches('/').count() == 1;
            }
            rest.strip_prefix("federated-user/").is_some_and(|name| is_name(name) && !name.contains('/'))
        }
        _ => false,
    }
}

/// The service suffixes (R-PRIN-7).
const SUFFIXES: [&str; 8] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazon.com",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "adc-e.uk",
    "csp.hci.ic.gov",
    "amazonaws.eu",
];

/// One part of a name between dots.
fn is_label(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}

/// R-PRIN-7: at least one label, and behind it a suffix.
fn is_service(text: &str) -> bool {
    for suffix in SUFFIXES {
        let Some(front) = text.strip_suffix(suffix).and_then(|front| front.strip_suffix('.')) else {
            continue;
        };
        if front.split('.').all(is_label) {
            reach("R-PRIN-7", "legal");
            if front.split('.').count() > 2 {
                reach("R-PRIN-7", "three labels");
            }
            if suffix != "amazonaws.com" {
                reach("R-PRIN-7", "another suffix");
            }
            return true;
        }
    }
    reach("R-PRIN-7", "refused");
    false
}

/// R-PRIN-8: Cognito's names in the other partitions.
fn is_cognito_elsewhere(text: &str) -> bool {
    if text == "cognito-identity-us-gov.amazonaws.com" {
        return true;
    }
    let Some(rest) = text.strip_prefix("cognito-identity.") else { return false };
    let region = rest.strip_suffix(".amazonaws.com").or(rest.strip_suffix(".amazonaws.com.cn"));
    region.is_some_and(is_label)
}

/// R-PRIN-8
fn is_provider(text: &str) -> bool {
    if is_cognito_elsewhere(text) {
        reach("R-PRIN-8", "Cognito of another partition");
        return true;
    }
    let legal = is_named_provider(text);
    if !legal {
        reach("R-PRIN-8", "refused");
    }
    legal
}

fn is_named_provider(text: &str) -> bool {
    let built_in =
        ["cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com"];
    if built_in.contains(&text) {
        return true;
    }
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    fields.len() == 6
        && fields[0] == "arn"
        && is_partition(fields[1])
        && fields[2] == "iam"
        && fields[3].is_empty()
        && is_account(fields[4])
        && fields[5]
            .strip_prefix("saml-provider/")
            .or(fields[5].strip_prefix("oidc-provider/"))
            // The URL of an OIDC issuer may end with a slash.
            .is_some_and(has_name_characters)
}

/// R-COND-5, R-COND-8, R-COND-9
pub fn condition_key(key: &str) -> Checked {
    let bad = "BAD_CONDITION_KEY";
    require(!key.contains("${"), bad)?;
    let Some((prefix, name)) = key.split_once(':') else { return Err(bad) };
    // An OIDC issuer may have a path, and the path may end in `/`.
    let issuer = match prefix.strip_suffix('/') {
        Some(issuer) => {
            reach("R-COND-5", "prefix that ends in /");
            issuer
        }
        None => prefix,
    };
    let mut segments = issuer.split('/');
    require(
        segments.all(|segment| {
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            !segment.is_empty() && segment.chars().all(legal)
        }),
        bad,
    )?;
    require(!name.is_empty(), bad)?;
    // A key neither begins nor ends with white space.
    if key.trim() != key {
        reach("R-COND-5", "white space at the end");
        return Err(bad);
    }
    // R-COND-8
    let lower = key.to_ascii_lowercase();
    for tag in ["aws:requesttag", "aws:resourcetag", "aws:principaltag"] {
        require(lower != tag && lower != format!("{tag}/"), bad)?;
    }
    Ok(())
}
