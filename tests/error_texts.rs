//! What errors say to a reader of logs: each something, with what it is about, and no two the same.

use std::collections::BTreeSet;
use std::error::Error;

use iamlet::{
    CompileError, DecideError, Fault, ImageError, KnownKey, Layer, Layers, PrepareError, Refusal,
    RequestError, SetError,
};

/// The texts of errors, which differ in all that they hold.
fn texts<E: Error>(errors: &[E]) -> Vec<String> {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let distinct: BTreeSet<&String> = texts.iter().filter(|text| text.len() > 8).collect();
    assert_eq!(distinct.len(), errors.len(), "{texts:#?}");
    texts
}

#[test]
fn each_error_says_what_it_is_about() {
    texts(&[ImageError::NotAnImage, ImageError::OtherFormat(7), ImageError::WrongSize, ImageError::Corrupt]);
    assert!(ImageError::OtherFormat(7).to_string().contains("version 7"));

    let corrupt = SetError::Policy(17, ImageError::Corrupt);
    let numbered = texts(&[
        corrupt,
        SetError::WrongLayer(17),
        SetError::Level(17),
        SetError::Repeated(17),
        SetError::OutputTooSmall(17),
    ]);
    assert!(numbered.iter().all(|text| text.contains("17")), "{numbered:#?}");
    let changed = DecideError::Image(ImageError::Corrupt);
    for error in [&corrupt as &dyn Error, &changed] {
        assert_eq!(error.source().map(ToString::to_string), Some(ImageError::Corrupt.to_string()));
    }
    texts(&[corrupt, SetError::TooManyLevels, SetError::TooManyPolicies]);

    let requests = [
        RequestError::Action,
        RequestError::Principal,
        RequestError::UnknownType,
        RequestError::RoleArn,
        RequestError::UserArn,
        RequestError::Service,
        RequestError::NoProvider,
        RequestError::RoleAsPrincipal,
        RequestError::PrincipalType,
        RequestError::Provider,
        RequestError::SessionRole,
        RequestError::ParentUser,
        RequestError::FederatedAction,
        RequestError::FederatedResource,
        RequestError::ProviderAccount,
        RequestError::Resource,
        RequestError::ResourceAccount,
        RequestError::ResourceOwner,
        RequestError::ResourceKind,
        RequestError::Partition,
        RequestError::DerivedKey(KnownKey::UserName),
        RequestError::DerivedKey(KnownKey::PrincipalArn),
        RequestError::ContextKey,
        RequestError::Encoding(None),
        RequestError::TooLarge(None),
        RequestError::Clock,
        RequestError::NotPrepared,
        RequestError::NoPreparedPrincipal,
        RequestError::NoPreparedAction,
        RequestError::Slot,
    ];
    assert_eq!(texts(&requests), texts(&requests.map(PrepareError::Malformed)));
    assert!(PrepareError::TooSmall(17).to_string().contains("17 bytes"));

    let only = |layer| Layers::NONE.with(layer);
    texts(&[
        DecideError::TooManySets,
        DecideError::NoResource,
        DecideError::MissingLayers(only(Layer::Scp)),
        DecideError::ContradictedLayers(only(Layer::Scp)),
        DecideError::RepeatedLayers(only(Layer::Boundary)),
        DecideError::RepeatedLayers(only(Layer::Endpoint)),
        DecideError::WrongResourceKind,
        DecideError::BudgetExhausted,
        changed,
    ]);
    let both = only(Layer::Boundary).with(Layer::Session);
    assert!(DecideError::MissingLayers(both).to_string().ends_with(": permissions boundary, session policy"));

    let refused = Refusal {
        fault: Fault::BadResource,
        offset: 40,
        line: 3,
        column: 5,
        located: true,
        missing: None,
        pool: None,
        part: None,
    };
    let failures = texts(&[CompileError::Refused(refused), CompileError::OutputTooSmall(17)]);
    assert_eq!(failures[0], refused.to_string());
    assert!(failures[0].starts_with("3:5: ") && failures[1].contains("17 bytes"), "{failures:#?}");
}
