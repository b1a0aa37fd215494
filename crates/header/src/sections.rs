//! The sections of the header, in the order in which one needs them.

use crate::items::Item;

/// A section: what it is for, and the items that it has, in this order. A name that ends in `*` stands for all items
/// that begin so and have no place before.
struct Section {
    title: &'static str,
    about: &'static str,
    items: &'static [&'static str],
}

const SECTIONS: [Section; 9] = [
    Section {
        title: "TEXTS, STATUSES AND THE VERSION",
        about: "What every call takes and returns.",
        items: &["iamlet_text", "iamlet_status", "iamlet_status_text", "IAMLET_VERSION_*", "iamlet_version*"],
    },
    Section {
        title: "POLICIES",
        about: "A policy document is compiled once, into an image. It does not say of which kind it is.",
        items: &[
            "iamlet_kind",
            "iamlet_kind_text",
            "iamlet_kind_from_text",
            "IAMLET_SCRATCH_*",
            "IAMLET_ENFORCE_QUOTAS",
            "IAMLET_SCP_ASSUME_2012",
            "iamlet_compile_options",
            "iamlet_policy_compile",
            "iamlet_policy_compile_mapped",
            "iamlet_policy_info",
            "iamlet_policy_open",
            "iamlet_policy_context_key",
            "iamlet_position",
            "iamlet_policy_position",
        ],
    },
    Section {
        title: "SETS",
        about: "Images that apply together make a set, each at its layer. A decision takes several sets.",
        items: &[
            "iamlet_layer",
            "iamlet_layer_text",
            "iamlet_layer_code",
            "iamlet_layer_from_text",
            "iamlet_layer_of_kind",
            "iamlet_set_policy",
            "iamlet_set_size",
            "iamlet_set_build",
            "iamlet_set",
            "iamlet_set_open",
            "iamlet_set_info",
            "iamlet_set_describe",
            "iamlet_set_context_key",
        ],
    },
    Section {
        title: "REQUESTS",
        about: "Who wants to do what, to what. A request is prepared once, for any number of decisions.",
        items: &[
            "iamlet_principal_type",
            "IAMLET_MANAGEMENT_ACCOUNT",
            "iamlet_principal",
            "iamlet_principal_type_of_arn",
            "iamlet_resource_kind",
            "iamlet_resource",
            "iamlet_resource_kind_of",
            "iamlet_key",
            "iamlet_key_prepare",
            "iamlet_context_entry",
            "IAMLET_ABSENT_*",
            "IAMLET_GATEWAY_ENDPOINT",
            "IAMLET_DERIVE_RESOURCE_ACCOUNT",
            "IAMLET_HAS_CLOCK",
            "IAMLET_DEFAULT_BUDGET",
            "iamlet_request",
            "iamlet_request_size",
            "iamlet_request_prepare",
            "iamlet_request_member",
            "iamlet_request_item",
            "iamlet_item_size",
            "iamlet_item_prepare",
            "iamlet_item_member",
        ],
    },
    Section {
        title: "REQUESTS IN TWO STEPS",
        about: "For many requests a second: principals and actions are prepared once, context keys have numbers.",
        items: &[
            "iamlet_dictionary_size",
            "iamlet_dictionary_build",
            "iamlet_dictionary",
            "iamlet_dictionary_open",
            "iamlet_dictionary_info",
            "iamlet_dictionary_describe",
            "iamlet_dictionary_slot",
            "iamlet_dictionary_key",
            "iamlet_set_assign_slots",
            "iamlet_principal_input",
            "iamlet_principal_size",
            "iamlet_principal_prepare",
            "iamlet_principal_member",
            "iamlet_action_size",
            "iamlet_action_prepare",
            "iamlet_slot_entry",
            "iamlet_assembly",
            "iamlet_assembly_size",
            "iamlet_request_assemble",
            "iamlet_assembly_member",
        ],
    },
    Section {
        title: "DECISIONS",
        about: "Whether a request is allowed, and which statement says so.",
        items: &[
            "iamlet_effect",
            "iamlet_effect_text",
            "iamlet_reason",
            "iamlet_reason_text",
            "IAMLET_NONE",
            "iamlet_decision",
            "iamlet_decide",
            "iamlet_request_needed_key",
            "iamlet_batch_entry",
            "iamlet_decide_batch",
            "iamlet_decide_resources",
            "iamlet_filter",
            "IAMLET_DECISION_ROOM",
            "iamlet_decision_format",
        ],
    },
    Section {
        title: "EXPLANATIONS",
        about: "Why a decision is what it is, and what would change it. Who never asks links nothing of it.",
        items: &[
            "iamlet_record_kind",
            "iamlet_role",
            "iamlet_role_text",
            "iamlet_need",
            "iamlet_need_text",
            "iamlet_truth",
            "iamlet_fact",
            "iamlet_fact_text",
            "iamlet_change",
            "iamlet_change_text",
            "iamlet_record",
            "iamlet_explain",
            "iamlet_source",
            "iamlet_explanation",
            "iamlet_explain_text",
            "iamlet_explain_json",
            "iamlet_explain_simulation",
            "iamlet_explain_sentence",
            "iamlet_explain_client_text",
            "iamlet_record_texts",
            "iamlet_explain_record_texts",
        ],
    },
    Section {
        title: "REFUSED DOCUMENTS",
        about: "Why and where a document is refused, for those who write it.",
        items: &[
            "iamlet_fault",
            "iamlet_fault_code",
            "iamlet_fault_text",
            "iamlet_pool",
            "iamlet_pool_text",
            "iamlet_error",
            "IAMLET_ERROR_ROOM",
            "iamlet_error_format",
            "iamlet_error_explain",
            "iamlet_error_pointer",
        ],
    },
    Section {
        title: "DETAILS OF FAULTS",
        about: "For programs that answer to one of them; people read iamlet_error_explain.",
        items: &["iamlet_detail", "iamlet_detail_code"],
    },
];

/// The header.
///
/// # Errors
/// An item that no section has, or a name that no item has.
pub fn arrange(mut items: Vec<Item>) -> Result<String, String> {
    let mut out = include_str!("preamble.h").to_owned();
    for section in &SECTIONS {
        out += &format!(
            "\n/* {0}\n * {1}\n * {2}\n */\n",
            section.title,
            "-".repeat(section.title.len()),
            section.about
        );
        let mut after_block = true;
        for name in section.items {
            let wanted = |item: &Item| match name.strip_suffix('*') {
                Some(begin) => item.name.starts_with(begin),
                None => item.name == *name,
            };
            let (found, others): (Vec<_>, Vec<_>) = items.into_iter().partition(wanted);
            items = others;
            if found.is_empty() {
                return Err(format!("crates/header/src/sections.rs: there is no {name}"));
            }
            for item in found {
                if after_block || item.is_block() {
                    out.push('\n');
                }
                item.write(&mut out);
                after_block = item.is_block();
            }
        }
    }
    match items.first() {
        Some(item) => Err(format!("crates/header/src/sections.rs: no section has {}", item.name)),
        None => Ok(out + include_str!("postscript.h")),
    }
}
