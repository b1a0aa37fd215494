//! The rules that span the elements of a statement.

use serde::de::Error;

use super::elements::{Element, Notes};
use super::reader::Reader;
use super::rules::{Allowance, ResourceRule};
use crate::ground::error::{Fault, Missing};
use crate::image::kind::PolicyKind;
use crate::image::records::StatementRecord;

/// Checks a statement whose elements were all read.
pub(super) fn check<E: Error>(
    reader: &mut Reader<'_, '_>,
    record: &StatementRecord,
    notes: &Notes,
) -> Result<(), E> {
    let rules = reader.rules;
    let has = |element| notes.at(element).is_some();
    let deny = record.is_deny();

    if !has(Element::Effect) {
        return Err(reader.miss(Missing::Effect, notes.opened));
    }
    if rules.principal != Allowance::Forbidden && !has(Element::Principal) && !has(Element::NotPrincipal) {
        return Err(reader.miss(Missing::Principal, notes.opened));
    }
    if !has(Element::Action) && !has(Element::NotAction) {
        return Err(reader.miss(Missing::Action, notes.opened));
    }
    let resource_needed = match rules.resource {
        ResourceRule::Required => true,
        ResourceRule::Classic => deny,
        ResourceRule::Implied => false,
    };
    if resource_needed && !has(Element::Resource) && !has(Element::NotResource) {
        return Err(reader.miss(Missing::Resource, notes.opened));
    }

    if !deny {
        // R-SCPC-11, R-SCPC-22, R-NPRIN-1
        for (element, rule) in [
            (Element::NotPrincipal, rules.not_principal),
            (Element::NotAction, rules.not_action),
            (Element::Condition, rules.condition),
        ] {
            if let (Allowance::DenyOnly, Some(at)) = (rule, notes.at(element)) {
                return Err(reader.fail(Fault::ForbiddenCombination, at));
            }
        }
        // R-SCPC-18
        let several = notes.narrow_resource || record.resources.get() > 1;
        if let (ResourceRule::Classic, true, Some(at)) =
            (rules.resource, several, notes.at(Element::Resource))
        {
            return Err(reader.fail(Fault::ForbiddenCombination, at));
        }
    }
    if reader.kind == PolicyKind::Rcp {
        // R-RCP-3: the one Allow is RCPFullAWSAccess; R-RCP-2: a Deny names its services.
        let full_access = notes.lone_star_action.is_some()
            && record.actions.get() == 1
            && has(Element::Resource)
            && record.resources.get() == 1
            && !notes.narrow_resource
            && !has(Element::Condition);
        if !deny && !full_access {
            return Err(reader.fail(Fault::BadEffect, notes.effect));
        }
        if let (true, Some(at)) = (deny, notes.lone_star_action) {
            return Err(reader.fail(Fault::BadAction, at));
        }
    }
    Ok(())
}
