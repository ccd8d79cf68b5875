//! What a member holds besides records: text, ids, words, numbers and times.

use hubchannel_model::*;
use proptest::{prelude::*, sample::select};

use super::ByHand;
use crate::scalars;

impl ByHand for String {
    fn by_hand() -> BoxedStrategy<Self> {
        scalars::text()
    }
}

impl ByHand for Url {
    fn by_hand() -> BoxedStrategy<Self> {
        String::by_hand().prop_map(Url::from).boxed()
    }
}

impl ByHand for bool {
    fn by_hand() -> BoxedStrategy<Self> {
        any::<bool>().boxed()
    }
}

impl ByHand for Number {
    fn by_hand() -> BoxedStrategy<Self> {
        let fraction = prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
        prop_oneof![
            any::<i64>().prop_map(Number::from),
            fraction.prop_map(|number| Number::try_from(number).expect("it is finite")),
        ]
        .boxed()
    }
}

impl ByHand for Timestamp {
    fn by_hand() -> BoxedStrategy<Self> {
        prop_oneof![
            any::<i64>().prop_map(Timestamp::from_unix_millis),
            any::<std::time::SystemTime>().prop_map(Timestamp::from),
            scalars::text().prop_map(|text| text.as_str().into()),
        ]
        .boxed()
    }
}

impl ByHand for Secret {
    fn by_hand() -> BoxedStrategy<Self> {
        scalars::text().prop_map(Secret::from).boxed()
    }
}

macro_rules! ids {
    ($($id:ident)+) => { $(
        impl ByHand for $id {
            fn by_hand() -> BoxedStrategy<Self> {
                prop_oneof![
                    2 => "[1-9][0-9]{3,11}".prop_map($id::new),
                    1 => "[0-9]{1,40}".prop_map(|text| $id::new(text).into_number()),
                    1 => any::<u64>().prop_map($id::from_number),
                    1 => scalars::text().prop_map($id::from),
                ]
                .boxed()
            }
        }
    )+ };
}

ids! {
    ChannelId ChannelAccountId MessageId ThreadId ActorId FileId ContactId AppId ObjectId InboxId PortalId
    UserId TicketId IntegrationThreadId EventId SubscriptionId FolderId
}

macro_rules! words {
    ($($word:ident)+) => { $(
        impl ByHand for $word {
            fn by_hand() -> BoxedStrategy<Self> {
                prop_oneof![
                    3 => select($word::NAMED).prop_map($word::from),
                    1 => scalars::text().prop_map($word::from),
                ]
                .boxed()
            }
        }
    )+ };
}

words! {
    GrantType OAuthErrorCode OAuthErrorStatus TokenUse
    ImageSize ActorType BatchStatus AddressType PhoneType FileUsageType QuickReplyValueType MediaType ThreadingModel
    RichTextFeature OutgoingAttachmentType ErrorCategory FileAccess DuplicateValidationStrategy
    DuplicateValidationScope InboxType MessageType ClientType TruncationStatus DeliveryIdentifierType
    MessageDirection StatusType ThreadStatus ThreadEntryType ConversationEventType
}
