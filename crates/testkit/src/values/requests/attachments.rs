//! Every kind of attachment that HubSpot takes.

use hubchannel_model::{
    AddressType, Attachment, ContactAddress, ContactAttachment, ContactEmail, ContactName, ContactOrg, ContactPhone,
    ContactProfile, ContactUrl, Field, FileAttachment, FileUsageType, LocationAttachment, MediaType,
    MessageHeaderAttachment, Number, PhoneType, QuickRepliesAttachment, QuickReply, SocialMediaMetadataAttachment,
    SocialMetadata, UnsupportedContentAttachment, Url,
};
use proptest::{collection::vec, option, prelude::*};

use super::{email, id, perhaps, phone, text, url, word};

/// An attachment of any kind that HubSpot takes.
pub fn attachment() -> BoxedStrategy<Attachment> {
    prop_oneof![
        file().prop_map(Attachment::from),
        location().prop_map(Attachment::from),
        profile().prop_map(|profile| ContactAttachment::new(profile).into()),
        Just(UnsupportedContentAttachment::new().into()),
        header().prop_map(Attachment::from),
        vec(quick_reply(), 0..4).prop_map(|replies| QuickRepliesAttachment::new(replies).into()),
        social_metadata().prop_map(|metadata| SocialMediaMetadataAttachment::new(metadata).into()),
    ]
    .boxed()
}

fn file() -> BoxedStrategy<FileAttachment> {
    let file = id().prop_map(FileAttachment::new);
    perhaps(file, word::<FileUsageType>(FileUsageType::NAMED), |file, usage| file.set_file_usage_type(usage))
}

fn location() -> BoxedStrategy<LocationAttachment> {
    let degrees = |most: f64| {
        prop_oneof![
            (-most..most).prop_map(|degrees| Number::try_from(degrees).expect("it is finite")),
            Just(Number::from(most as i64)),
        ]
    };
    let location = (degrees(90.0), degrees(180.0)).prop_map(|(north, east)| LocationAttachment::new(north, east));
    let texts = (option::of(text()), option::of(text()), option::of(url()));
    (location, texts)
        .prop_map(|(mut location, (address, name, url))| {
            location.address = address.into();
            location.name = name.into();
            location.url = url.map(Url::from).into();
            location
        })
        .boxed()
}

fn header() -> BoxedStrategy<MessageHeaderAttachment> {
    let header = Just(MessageHeaderAttachment::new());
    let header = perhaps(header, text(), |header, text| header.set_text(text));
    perhaps(header, id(), |header, id| header.set_file_id(id))
}

fn quick_reply() -> BoxedStrategy<QuickReply> {
    let reply = prop_oneof![text().prop_map(QuickReply::text), url().prop_map(QuickReply::url)];
    perhaps(reply, text(), |reply, label| reply.set_label(label))
}

fn social_metadata() -> BoxedStrategy<SocialMetadata> {
    let metadata = word::<MediaType>(MediaType::NAMED).prop_map(SocialMetadata::new);
    let texts = (option::of(id()), option::of(text()), option::of(text()));
    let urls = (option::of(url()), option::of(url()), option::of(url()));
    (metadata, texts, urls)
        .prop_map(|(mut metadata, (id, description, title), (url, url_string, thumbnail))| {
            metadata.id = id.into();
            metadata.description = description.into();
            metadata.media_title = title.into();
            metadata.media_url = url.map(Url::from).into();
            metadata.media_url_string = url_string.map(Url::from).into();
            metadata.thumbnail_url = thumbnail.map(Url::from).into();
            metadata
        })
        .boxed()
}

fn profile() -> BoxedStrategy<ContactProfile> {
    let lists = (
        vec(address(), 0..3),
        vec((email(), place()), 0..3),
        vec((phone(), option::of(word::<PhoneType>(PhoneType::NAMED))), 0..3),
        vec((url(), place()), 0..3),
    );
    (option::of(name()), option::of(org()), lists)
        .prop_map(|(name, org, (addresses, emails, phones, urls))| {
            let mut profile = ContactProfile::new();
            profile.name = name.into();
            profile.org = org.into();
            profile.addresses = addresses.into();
            profile.emails = list(emails, |email: &mut ContactEmail, (address, place)| {
                email.email = address.into();
                email.r#type = place.into();
            });
            profile.phones = list(phones, |phone: &mut ContactPhone, (number, place)| {
                phone.phone = number.into();
                phone.r#type = place.into();
            });
            profile.urls = list(urls, |url: &mut ContactUrl, (address, place)| {
                url.url = address.into();
                url.r#type = place.into();
            });
            profile
        })
        .boxed()
}

fn list<T: Default, V>(values: Vec<V>, fill: impl Fn(&mut T, V)) -> Field<Vec<T>> {
    let filled = values.into_iter().map(|value| {
        let mut item = T::default();
        fill(&mut item, value);
        item
    });
    filled.collect::<Vec<T>>().into()
}

fn place() -> BoxedStrategy<Option<AddressType>> {
    option::of(word::<AddressType>(AddressType::NAMED)).boxed()
}

fn name() -> BoxedStrategy<ContactName> {
    let part = || option::of(text());
    (part(), part(), part(), part(), part())
        .prop_map(|(first, middle, last, prefix, suffix)| {
            let mut name = ContactName::default();
            name.first_name = first.into();
            name.middle_name = middle.into();
            name.last_name = last.into();
            name.prefix = prefix.into();
            name.suffix = suffix.into();
            name
        })
        .boxed()
}

fn org() -> BoxedStrategy<ContactOrg> {
    let part = || option::of(text());
    (part(), part(), part())
        .prop_map(|(company, department, title)| {
            let mut org = ContactOrg::default();
            org.company = company.into();
            org.department = department.into();
            org.title = title.into();
            org
        })
        .boxed()
}

fn address() -> BoxedStrategy<ContactAddress> {
    let part = || option::of(text());
    ((part(), part(), part(), part(), part(), part()), place())
        .prop_map(|((street, city, state, zip, country, code), place)| {
            let mut address = ContactAddress::default();
            address.street = street.into();
            address.city = city.into();
            address.state = state.into();
            address.zip = zip.into();
            address.country = country.into();
            address.country_code = code.into();
            address.r#type = place.into();
            address
        })
        .boxed()
}
