//! Calls that prepare context keys, requests and items.

use arbitrary::{Result, Unstructured};
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_item_prepare, iamlet_item_size, iamlet_key, iamlet_key_prepare,
    iamlet_principal, iamlet_request, iamlet_request_item, iamlet_request_prepare, iamlet_request_size,
    iamlet_resource,
};
use iamlet::ffi::status::iamlet_status;

use super::calls::{Calls, call, number, one, read};
use super::memory::{Bytes, What};

impl Calls {
    pub(super) fn key_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let name = self.text(input, What::Text)?;
        let key = self.memory.place::<iamlet_key>(input)?;
        let status = call!(self, [one(key)], iamlet_key_prepare(name, key));
        if let Some(key) = read(key) {
            assert_eq!(key.prepared, u32::from(status == iamlet_status::IAMLET_OK));
        }
        Ok(())
    }

    /// A context of a few keys.
    pub(super) fn context(
        &mut self,
        input: &mut Unstructured<'_>,
    ) -> Result<(*const iamlet_context_entry, usize)> {
        let mut entries = Vec::new();
        for _ in 0..input.int_in_range(0..=4)? {
            let mut values = Vec::new();
            for _ in 0..input.int_in_range(0..=3)? {
                values.push(self.text(input, What::Text)?);
            }
            let (values, value_count) = self.memory.structs(input, values)?;
            let name = self.text(input, What::Text)?;
            let is_prepared = input.ratio(1, 4)?;
            let key = iamlet_key {
                name,
                prepared: if is_prepared { number(input, 2)? } else { 0 },
                hash: if is_prepared { input.arbitrary()? } else { 0 },
                known: if is_prepared { number(input, 20)? } else { 0 },
                reserved: u32::from(input.ratio(1, 128)?),
            };
            let (multivalued, not_fetched) = (number(input, 1)?, u32::from(input.ratio(1, 8)?));
            entries.push(iamlet_context_entry { key, values, value_count, multivalued, not_fetched });
        }
        self.memory.structs(input, entries)
    }

    pub(super) fn resource(&mut self, input: &mut Unstructured<'_>) -> Result<iamlet_resource> {
        Ok(iamlet_resource {
            arn: self.text(input, What::Resource)?,
            account: self.text_or_none(input)?,
            in_management_account: number(input, 1)?,
            reserved: u32::from(input.ratio(1, 128)?),
        })
    }

    /// The size of a struct, or another number.
    pub(super) fn struct_size<T>(input: &mut Unstructured<'_>) -> Result<usize> {
        if input.ratio(1, 16)? { input.arbitrary() } else { Ok(size_of::<T>()) }
    }

    pub(super) fn principal(&mut self, input: &mut Unstructured<'_>) -> Result<iamlet_principal> {
        Ok(iamlet_principal {
            // 0: what the ARN tells, which most principals of the cases have.
            r#type: if input.arbitrary()? { 0 } else { number(input, 9)? },
            flags: if input.arbitrary()? { 0 } else { number(input, 2)? },
            arn: self.text(input, What::Principal)?,
            role_arn: self.text_or_none(input)?,
            user_arn: self.text_or_none(input)?,
            service: self.text_or_none(input)?,
            provider: self.text_or_none(input)?,
            canonical_user: self.text_or_none(input)?,
            unique_id: self.text_or_none(input)?,
        })
    }

    pub(super) fn request(&mut self, input: &mut Unstructured<'_>) -> Result<*const iamlet_request> {
        let resource = self.resource(input)?;
        let resource =
            if input.ratio(1, 4)? { std::ptr::null() } else { self.memory.structs(input, vec![resource])?.0 };
        let principal = self.principal(input)?;
        let (context, context_count) = self.context(input)?;
        let request = iamlet_request {
            struct_size: Self::struct_size::<iamlet_request>(input)?,
            principal,
            action: self.text(input, What::Action)?,
            resource,
            resource_kind: if input.arbitrary()? { 0 } else { number(input, 3)? },
            absent: number(input, 127)?,
            flags: number(input, 7)?,
            reserved: u32::from(input.ratio(1, 128)?),
            clock: input.arbitrary()?,
            budget: if input.arbitrary()? { input.arbitrary()? } else { 0 },
            context,
            context_count,
        };
        Ok(self.memory.structs(input, vec![request])?.0)
    }

    pub(super) fn request_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let request = self.request(input)?;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_request_size(request, size));
        let (out, used) = self.place_prepared(input, sized, size)?;
        let status =
            call!(self, [out, one(used)], iamlet_request_prepare(request, out.data.cast(), out.len, used));
        self.prepared(What::Request, status, out, used);
        Ok(())
    }

    pub(super) fn item_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let request = self.memory.input(input, What::Request)?;
        let (context, context_count) = self.context(input)?;
        let item = iamlet_request_item {
            struct_size: Self::struct_size::<iamlet_request_item>(input)?,
            resource: self.resource(input)?,
            context,
            context_count,
            absent: number(input, 127)?,
            reserved: u32::from(input.ratio(1, 128)?),
        };
        let item = self.memory.structs(input, vec![item])?.0;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_item_size(item, size));
        let (out, used) = self.place_prepared(input, sized, size)?;
        let status = call!(
            self,
            [out, one(used)],
            iamlet_item_prepare(request.data.cast(), request.len, item, out.data.cast(), out.len, used)
        );
        self.prepared(What::Item, status, out, used);
        Ok(())
    }

    /// Memory for what is prepared, by what was said of its size, and a place for the size that was used.
    pub(super) fn place_prepared(
        &mut self,
        input: &mut Unstructured<'_>,
        sized: iamlet_status,
        size: *mut usize,
    ) -> Result<(Bytes, *mut usize)> {
        let enough = read(size).filter(|_| sized == iamlet_status::IAMLET_OK);
        let out = self.memory.output(input, enough.unwrap_or(512).min(16 * 1024))?;
        Ok((out, self.memory.place::<usize>(input)?))
    }

    /// What was prepared is remembered; after an error there is no request, except where nothing may be written.
    pub(super) fn prepared(&mut self, what: What, status: iamlet_status, out: Bytes, used: *mut usize) {
        match status {
            iamlet_status::IAMLET_OK => {
                let len = read(used).expect("a request has a size");
                assert!(len <= out.len);
                self.memory.remember(what, out.data, len);
            }
            iamlet_status::IAMLET_OVERLAP
            | iamlet_status::IAMLET_NULL_ARGUMENT
            | iamlet_status::IAMLET_MISALIGNED
            | iamlet_status::IAMLET_BAD_LENGTH => {}
            _ if what == What::Request => {
                let mut decision = None;
                let (status, _) = self.decide_with(&[], out, &mut decision);
                assert_eq!(status, iamlet_status::IAMLET_NOT_A_REQUEST);
            }
            _ => {}
        }
    }
}
