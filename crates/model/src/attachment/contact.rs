//! The contact card of an attachment.

use crate::{
    Field,
    wire::{open_enum, record},
};

record! {
    /// A contact card. The four lists are required to publish and may be empty; [`ContactProfile::new`] writes them.
    pub struct ContactProfile {
        /// The person's name.
        pub name: Field<ContactName> => "name",
        /// The person's company.
        pub org: Field<ContactOrg> => "org",
        /// Postal addresses.
        pub addresses: Field<Vec<ContactAddress>> => "addresses" (required),
        /// E-mail addresses.
        pub emails: Field<Vec<ContactEmail>> => "emails" (required),
        /// Phone numbers.
        pub phones: Field<Vec<ContactPhone>> => "phones" (required),
        /// Web addresses.
        pub urls: Field<Vec<ContactUrl>> => "urls" (required),
    }
}

impl ContactProfile {
    /// A card with the four required lists, empty.
    pub fn new() -> Self {
        ContactProfile {
            addresses: Field::Value(Vec::new()),
            emails: Field::Value(Vec::new()),
            phones: Field::Value(Vec::new()),
            urls: Field::Value(Vec::new()),
            ..Self::default()
        }
    }
}

record! {
    /// A person's name in its parts.
    pub struct ContactName {
        /// The given name.
        pub first_name: Field<String> => "firstName",
        /// Names between the first and the last.
        pub middle_name: Field<String> => "middleName",
        /// The family name.
        pub last_name: Field<String> => "lastName",
        /// What stands before the name: `Dr`.
        pub prefix: Field<String> => "prefix",
        /// What stands behind the name: `Jr`.
        pub suffix: Field<String> => "suffix",
    }
}

record! {
    /// A person's place in a company.
    pub struct ContactOrg {
        /// The company.
        pub company: Field<String> => "company",
        /// The department.
        pub department: Field<String> => "department",
        /// The position.
        pub title: Field<String> => "title",
    }
}

record! {
    /// A postal address.
    pub struct ContactAddress {
        /// Street and number.
        pub street: Field<String> => "street",
        /// The city.
        pub city: Field<String> => "city",
        /// The state or province.
        pub state: Field<String> => "state",
        /// The postal code.
        pub zip: Field<String> => "zip",
        /// The country's name.
        pub country: Field<String> => "country",
        /// The country's code.
        pub country_code: Field<String> => "countryCode",
        /// What the address is for.
        pub r#type: Field<AddressType> => "type",
    }
}

record! {
    /// An e-mail address on a card.
    pub struct ContactEmail {
        /// The address. Required to publish.
        pub email: Field<String> => "email" (required),
        /// What it is for.
        pub r#type: Field<AddressType> => "type",
    }
}

record! {
    /// A phone number on a card.
    pub struct ContactPhone {
        /// The number. Required to publish.
        pub phone: Field<String> => "phone" (required),
        /// What it is for.
        pub r#type: Field<PhoneType> => "type",
    }
}

record! {
    /// A web address on a card.
    pub struct ContactUrl {
        /// The address. Required to publish.
        pub url: Field<String> => "url" (required),
        /// What it is for.
        pub r#type: Field<AddressType> => "type",
    }
}

open_enum! {
    /// What an address on a card is for.
    pub enum AddressType {
        /// Private.
        Home = "HOME",
        /// Business.
        Work = "WORK",
    }
}

open_enum! {
    /// What a phone number on a card is for.
    pub enum PhoneType {
        /// Mobile.
        Cell = "CELL",
        /// Private.
        Home = "HOME",
        /// The main number.
        Main = "MAIN",
        /// Business.
        Work = "WORK",
    }
}
