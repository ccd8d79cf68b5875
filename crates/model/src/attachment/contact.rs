//! The contact card of an attachment.

use crate::{
    Field, Url,
    new_message::push,
    wire::{open_enum, record, setters},
};

record! {
    /// A contact card.
    ///
    /// ```
    /// use hubchannel_model::{ContactName, ContactPhone, ContactProfile, PhoneType};
    ///
    /// let card = ContactProfile::new()
    ///     .set_name(ContactName::new().set_first_name("Ada").set_last_name("Lovelace"))
    ///     .add_email("ada@example.com")
    ///     .add_phone(ContactPhone::new("+4915112345678").set_type(PhoneType::Cell));
    /// assert_eq!(
    ///     serde_json::to_value(&card)?,
    ///     serde_json::json!({
    ///         "name": {"firstName": "Ada", "lastName": "Lovelace"},
    ///         "addresses": [],
    ///         "emails": [{"email": "ada@example.com"}],
    ///         "phones": [{"phone": "+4915112345678", "type": "CELL"}],
    ///         "urls": [],
    ///     })
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// The four lists are required to publish and may be empty; [`ContactProfile::new`] writes them.
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

    /// Sets the person's name.
    #[must_use]
    pub fn set_name(mut self, name: ContactName) -> Self {
        self.name = Field::Value(name);
        self
    }

    /// Sets the person's place in a company.
    #[must_use]
    pub fn set_org(mut self, org: ContactOrg) -> Self {
        self.org = Field::Value(org);
        self
    }

    /// Adds a postal address.
    #[must_use]
    pub fn add_address(mut self, address: impl Into<ContactAddress>) -> Self {
        push(&mut self.addresses, address.into());
        self
    }

    /// Adds an e-mail address.
    #[must_use]
    pub fn add_email(mut self, email: impl Into<ContactEmail>) -> Self {
        push(&mut self.emails, email.into());
        self
    }

    /// Adds a phone number.
    #[must_use]
    pub fn add_phone(mut self, phone: impl Into<ContactPhone>) -> Self {
        push(&mut self.phones, phone.into());
        self
    }

    /// Adds a web address.
    #[must_use]
    pub fn add_url(mut self, url: impl Into<ContactUrl>) -> Self {
        push(&mut self.urls, url.into());
        self
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

impl ContactName {
    /// A name without parts yet.
    pub fn new() -> Self {
        Self::default()
    }
}

setters! { ContactName
    /// Sets the given name.
    set_first_name = first_name: String,
    /// Sets the names between the first and the last.
    set_middle_name = middle_name: String,
    /// Sets the family name.
    set_last_name = last_name: String,
    /// Sets what stands before the name.
    set_prefix = prefix: String,
    /// Sets what stands behind the name.
    set_suffix = suffix: String,
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

impl ContactOrg {
    /// A place without parts yet.
    pub fn new() -> Self {
        Self::default()
    }
}

setters! { ContactOrg
    /// Sets the company.
    set_company = company: String,
    /// Sets the department.
    set_department = department: String,
    /// Sets the position.
    set_title = title: String,
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

impl ContactAddress {
    /// An address without parts yet.
    pub fn new() -> Self {
        Self::default()
    }
}

setters! { ContactAddress
    /// Sets street and number.
    set_street = street: String,
    /// Sets the city.
    set_city = city: String,
    /// Sets the state or province.
    set_state = state: String,
    /// Sets the postal code.
    set_zip = zip: String,
    /// Sets the country's name.
    set_country = country: String,
    /// Sets the country's code.
    set_country_code = country_code: String,
    /// Sets what the address is for.
    set_type = r#type: AddressType,
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

impl ContactEmail {
    /// An e-mail address.
    pub fn new(email: impl Into<String>) -> Self {
        ContactEmail {
            email: Field::Value(email.into()),
            ..Self::default()
        }
    }
}

setters! { ContactEmail
    /// Sets what it is for.
    set_type = r#type: AddressType,
}

impl From<&str> for ContactEmail {
    fn from(email: &str) -> Self {
        ContactEmail::new(email)
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

impl ContactPhone {
    /// A phone number.
    pub fn new(phone: impl Into<String>) -> Self {
        ContactPhone {
            phone: Field::Value(phone.into()),
            ..Self::default()
        }
    }
}

setters! { ContactPhone
    /// Sets what it is for.
    set_type = r#type: PhoneType,
}

impl From<&str> for ContactPhone {
    fn from(phone: &str) -> Self {
        ContactPhone::new(phone)
    }
}

record! {
    /// A web address on a card.
    pub struct ContactUrl {
        /// The address. Required to publish.
        pub url: Field<Url> => "url" (required),
        /// What it is for.
        pub r#type: Field<AddressType> => "type",
    }
}

impl ContactUrl {
    /// A web address.
    pub fn new(url: impl Into<Url>) -> Self {
        ContactUrl {
            url: Field::Value(url.into()),
            ..Self::default()
        }
    }
}

setters! { ContactUrl
    /// Sets what it is for.
    set_type = r#type: AddressType,
}

impl From<&str> for ContactUrl {
    fn from(url: &str) -> Self {
        ContactUrl::new(url)
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
