//! What the engine refuses, told in the statuses of the ABI; and the classes of scratch memory.

use std::ptr;

use iamlet::ffi::decide::iamlet_decide_batch;
use iamlet::ffi::names::{iamlet_kind, iamlet_layer};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_LARGE, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_SMALL, iamlet_policy_compile,
};
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_principal, iamlet_principal_type, iamlet_request, iamlet_request_prepare,
    iamlet_resource,
};
use iamlet::ffi::set::iamlet_set_size;
use iamlet::ffi::status::iamlet_status::{
    self, IAMLET_BUFFER_TOO_SMALL, IAMLET_CONTRADICTED_ACTION, IAMLET_CONTRADICTED_KEY,
    IAMLET_CONTRADICTED_PARTITION, IAMLET_CONTRADICTED_PRINCIPAL_TYPE, IAMLET_CONTRADICTED_PROVIDER,
    IAMLET_CONTRADICTED_RESOURCE, IAMLET_CONTRADICTED_RESOURCE_ACCOUNT, IAMLET_CONTRADICTED_RESOURCE_KIND,
    IAMLET_CONTRADICTED_ROLE_ARN, IAMLET_CONTRADICTED_USER_ARN, IAMLET_DOCUMENT_REFUSED,
    IAMLET_LAYER_REPEATED, IAMLET_MALFORMED_ACTION, IAMLET_MALFORMED_PRINCIPAL, IAMLET_MALFORMED_RESOURCE,
    IAMLET_MALFORMED_ROLE_ARN, IAMLET_MALFORMED_USER_ARN, IAMLET_MISSING_PROVIDER, IAMLET_MISSING_SERVICE,
    IAMLET_OK, IAMLET_REQUEST_TOO_LARGE, IAMLET_ROLE_AS_PRINCIPAL, IAMLET_TOO_MANY_SETS,
    IAMLET_UNKNOWN_PRINCIPAL_TYPE,
};
use iamlet::ffi::status::iamlet_status_text;
use iamlet::limits::{MAX_CONTEXT, MAX_REQUEST_TEXT, MAX_SETS};

use super::{
    IDENTITY, Sets, assert_denies, batch_entry, call, entry, image, key, prepare, prepare_item, request,
    resource, set_policy, stale, text, zeroed,
};

/// A document with so many statements.
fn document(statements: usize) -> String {
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, vec![statement; statements].join(","))
}

#[test]
fn more_scratch_memory_takes_larger_documents_to_the_same_images() {
    let mut scratch = vec![u64::MAX; IAMLET_SCRATCH_LARGE / 8];
    let mut compile = |json: &str, scratch_len: usize| {
        let (mut image, mut used) = (vec![0_u8; 1 << 18], 77);
        let status = call!(iamlet_policy_compile(
            json.as_ptr().cast(),
            json.len(),
            iamlet_kind::IAMLET_KIND_IDENTITY as u32,
            ptr::null(),
            scratch.as_mut_ptr().cast(),
            scratch_len,
            image.as_mut_ptr(),
            image.len(),
            &mut used,
            ptr::null_mut(),
        ));
        image.truncate(used);
        (status, image)
    };
    let sizes = [
        IAMLET_SCRATCH_SMALL,
        IAMLET_SCRATCH_MEDIUM - 8,
        IAMLET_SCRATCH_MEDIUM,
        IAMLET_SCRATCH_LARGE - 8,
        IAMLET_SCRATCH_LARGE,
    ];
    for (statements, enough) in [(32, IAMLET_SCRATCH_SMALL), (256, IAMLET_SCRATCH_MEDIUM)] {
        let (fits, full) = (document(statements), document(statements + 1));
        let (status, image) = compile(&fits, enough);
        assert_eq!(status, IAMLET_OK);
        for size in sizes {
            let expected = if size < enough { IAMLET_DOCUMENT_REFUSED } else { IAMLET_OK };
            let (status, same) = compile(&fits, size);
            assert_eq!(status, expected, "{statements} statements in {size} bytes");
            assert!(status != IAMLET_OK || same == image, "{statements} statements in {size} bytes");
        }
        assert_eq!(compile(&full, enough).0, IAMLET_DOCUMENT_REFUSED, "a statement too many");
        assert_eq!(compile(&full, IAMLET_SCRATCH_LARGE).0, IAMLET_OK);
    }
}

#[test]
fn a_second_policy_of_a_layer_for_one_is_refused_by_its_number() {
    let image = image(IDENTITY, iamlet_kind::IAMLET_KIND_BOUNDARY);
    let policies = [iamlet_layer::IAMLET_LAYER_BOUNDARY, iamlet_layer::IAMLET_LAYER_BOUNDARY]
        .map(|layer| set_policy(&image, layer, 0, 0));
    let (mut size, mut at_fault) = (77, 77);
    let status = call!(iamlet_set_size(policies.as_ptr(), 2, 0, 0, &mut size, &mut at_fault));
    assert_eq!((status, size, at_fault), (IAMLET_LAYER_REPEATED, 0, 1));
}

#[test]
fn each_fault_of_a_request_has_its_status() {
    let object = resource("arn:aws:s3:::b/k");
    let prepared = |action: &str, context: &[iamlet_context_entry]| {
        let (mut memory, mut used) = (vec![0_u8; 4096], 77);
        let wrong = request(action, &object, context);
        let status = call!(iamlet_request_prepare(&wrong, memory.as_mut_ptr().cast(), 4096, &mut used));
        assert!(status == IAMLET_OK || status == IAMLET_BUFFER_TOO_SMALL || used == 0);
        status
    };
    let with = |name: &str, value: &str| prepared("s3:GetObject", &[entry(key(name), &[text(value)])]);
    assert_eq!(prepared("GetObject", &[]), IAMLET_MALFORMED_ACTION);
    assert_eq!(with("aws:PrincipalAccount", "444455556666"), IAMLET_CONTRADICTED_KEY);
    let longest = "x".repeat(MAX_REQUEST_TEXT);
    assert_eq!(with("a:team", &longest), IAMLET_BUFFER_TOO_SMALL, "there is such a request");
    assert_eq!(with("a:team", &format!("{longest}x")), IAMLET_REQUEST_TOO_LARGE);
    let many = vec![entry(key("a:team"), &[]); MAX_CONTEXT + 1];
    assert_eq!(prepared("s3:GetObject", &many), IAMLET_REQUEST_TOO_LARGE);
}

// R-PRIN-1, R-PRIN-3, R-PRIN-17, R-PRIN-18, R-RES-3, R-RES-13, R-RES-15, R-RES-16
#[test]
fn each_contradiction_of_a_request_has_a_status_whose_text_names_the_member() {
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/s";
    const ROLE: &str = "arn:aws:iam::111122223333:role/R";
    type Change = fn(&mut iamlet_request, &mut iamlet_resource);
    let federated: Change = |request, resource| {
        request.principal = iamlet_principal {
            r#type: iamlet_principal_type::IAMLET_PRINCIPAL_SAML as u32,
            provider: text("arn:aws:iam::111122223333:saml-provider/P"),
            ..zeroed()
        };
        request.action = text("sts:AssumeRoleWithSAML");
        *resource = iamlet_resource { arn: text(ROLE), ..zeroed() };
    };
    let cases: [(Change, iamlet_status, &str); 15] = [
        (|_, resource| resource.arn = text("secret/key"), IAMLET_MALFORMED_RESOURCE, "resource"),
        (|request, _| request.principal.arn = text(ROLE), IAMLET_ROLE_AS_PRINCIPAL, "role"),
        (|request, _| request.principal.r#type = 4, IAMLET_CONTRADICTED_PRINCIPAL_TYPE, "principal.type:"),
        (
            |request, _| {
                (request.principal.arn, request.principal.r#type) = (text(SESSION), 0);
                request.principal.role_arn = text("arn:aws:iam::111122223333:role/Other");
            },
            IAMLET_CONTRADICTED_ROLE_ARN,
            "principal.role_arn:",
        ),
        (
            |request, _| {
                request.principal.arn = text("arn:aws:sts::111122223333:federated-user/f");
                request.principal.r#type = 0;
                request.principal.user_arn = text("arn:aws:iam::444455556666:user/alice");
            },
            IAMLET_CONTRADICTED_USER_ARN,
            "principal.user_arn:",
        ),
        (|_, _| (), IAMLET_OK, "done"),
        (
            |request, _| request.action = text("sts:AssumeRoleWithWebIdentity"),
            IAMLET_CONTRADICTED_ACTION,
            "action:",
        ),
        (
            |_, resource| *resource = super::resource("arn:aws:s3:::b/k"),
            IAMLET_CONTRADICTED_RESOURCE,
            "resource:",
        ),
        (
            |request, _| request.principal.provider = text("arn:aws:iam::444455556666:saml-provider/P"),
            IAMLET_CONTRADICTED_PROVIDER,
            "principal.provider",
        ),
        (
            |request, _| request.principal.provider = text("arn:aws:iam::111122223333:oidc-provider/P"),
            IAMLET_CONTRADICTED_PROVIDER,
            "principal.provider",
        ),
        (
            |request, _| request.principal.provider = text("arn:aws-cn:iam::111122223333:saml-provider/P"),
            IAMLET_CONTRADICTED_PARTITION,
            "partition",
        ),
        (
            |_, resource| resource.account = text("444455556666"),
            IAMLET_CONTRADICTED_RESOURCE_ACCOUNT,
            "resource.account",
        ),
        (|request, _| request.resource_kind = 1, IAMLET_CONTRADICTED_RESOURCE_KIND, "resource_kind:"),
        (|request, _| request.resource_kind = 3, IAMLET_OK, "done"),
        (
            |request, resource| {
                *request = super::request("s3:GetObject", resource, &[]);
                *resource = super::resource("arn:aws-us-gov:s3:::b/k");
            },
            IAMLET_CONTRADICTED_PARTITION,
            "partition",
        ),
    ];
    for (number, (change, status, word)) in cases.into_iter().enumerate() {
        let mut object = resource("arn:aws:s3:::b/k");
        let mut wrong = request("s3:GetObject", &object, &[]);
        if number >= 5 {
            federated(&mut wrong, &mut object);
        }
        change(&mut wrong, &mut object);
        wrong.resource = &raw const object;
        let (mut memory, mut used) = (vec![0_u8; 4096], 77);
        let done = call!(iamlet_request_prepare(&wrong, memory.as_mut_ptr().cast(), 4096, &mut used));
        assert_eq!(done, status, "{number}");
        assert_eq!(used == 0, status != IAMLET_OK);
        let said = iamlet_status_text(status as u32);
        // SAFETY: the library's own texts are constants.
        let said = unsafe { std::slice::from_raw_parts(said.data.cast::<u8>(), said.len) };
        assert!(std::str::from_utf8(said).is_ok_and(|said| said.contains(word)), "{status:?}: {word}");
    }
}

#[test]
fn what_a_principal_lacks_is_named() {
    type Change = fn(&mut iamlet::ffi::request::iamlet_principal);
    let cases: [(Change, iamlet_status, &str); 7] = [
        (|who| who.arn = text(""), IAMLET_MALFORMED_PRINCIPAL, "principal.arn: it is missing"),
        (
            |who| (who.r#type, who.arn) = (0, text("")),
            IAMLET_UNKNOWN_PRINCIPAL_TYPE,
            "principal.type: it is 0",
        ),
        (
            |who| (who.r#type, who.arn) = (0, text("al")),
            IAMLET_UNKNOWN_PRINCIPAL_TYPE,
            "principal.type: it is 0",
        ),
        (
            |who| (who.r#type, who.arn) = (0, text(SESSION)),
            IAMLET_MALFORMED_ROLE_ARN,
            "principal.role_arn: a role",
        ),
        (
            |who| (who.r#type, who.arn, who.user_arn) = (3, text(FEDERATED), text("alice")),
            IAMLET_MALFORMED_USER_ARN,
            "principal.user_arn: ",
        ),
        (|who| (who.r#type, who.arn) = (5, text("")), IAMLET_MISSING_SERVICE, "principal.service: "),
        (|who| (who.r#type, who.arn) = (7, text("")), IAMLET_MISSING_PROVIDER, "principal.provider: "),
    ];
    for (change, status, begin) in cases {
        let object = resource("arn:aws:s3:::b/k");
        let mut wrong = request("sts:TagSession", &object, &[]);
        change(&mut wrong.principal);
        let (mut memory, mut used) = (vec![0_u8; 4096], 77);
        let done = call!(iamlet_request_prepare(&wrong, memory.as_mut_ptr().cast(), 4096, &mut used));
        assert_eq!(done, status);
        let said = super::string(iamlet_status_text(status as u32));
        assert!(said.starts_with(begin), "{said}");
    }
}

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/App/s";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/bob";

#[test]
fn the_own_set_of_an_entry_counts_among_the_sets() {
    let sets = Sets::new();
    let [organization, bucket] = sets.opened();
    let object = resource("arn:aws:s3:::b/k");
    let request = prepare(&request("s3:GetObject", &object, &[]));
    let item = prepare_item(&request, "arn:aws:s3:::b/k", &[]);
    let entry = batch_entry(&request, &item, &bucket);
    let list = vec![organization; MAX_SETS];
    let decide = |count: usize| -> (iamlet_status, _) {
        let mut decision = stale();
        (call!(iamlet_decide_batch(list.as_ptr(), count, &entry, 1, &mut decision)), decision)
    };
    assert_eq!(decide(MAX_SETS - 1).0, IAMLET_OK);
    let (status, decision) = decide(MAX_SETS);
    assert_eq!(status, IAMLET_TOO_MANY_SETS);
    assert_denies(&decision, status);
}
