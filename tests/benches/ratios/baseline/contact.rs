//! Contact cards.

use serde::{Deserialize, Serialize};

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct ContactProfile {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Org>,
    addresses: Vec<Address>,
    emails: Vec<Email>,
    phones: Vec<Phone>,
    urls: Vec<Url>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Name {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Org {
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<AddressType>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Email {
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<AddressType>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Phone {
    phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<PhoneType>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Url {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<AddressType>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AddressType {
    Home,
    Work,
    #[serde(other)]
    Other,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PhoneType {
    Cell,
    Home,
    Main,
    Work,
    #[serde(other)]
    Other,
}
