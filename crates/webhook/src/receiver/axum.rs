//! Extractors for axum.

use axum::{
    extract::{FromRef, FromRequest, Request},
    response::{IntoResponse, Response},
};
use hubchannel_model::{ChannelEvents, ConversationEvents};

use super::{Answer, Receiver, Refusal};
use crate::Verified;

/// What a request brings, verified and read: [`ChannelEvents`] for a channel's webhook, [`ConversationEvents`] for an app's
/// subscriptions.
///
/// ```
/// use axum::{Router, routing::post};
/// use hubchannel_model::ChannelEvents;
/// use hubchannel_webhook::{AgentReply, Answer, Delivered, Receiver};
///
/// async fn hook(Delivered(events): Delivered<ChannelEvents>) -> Answer {
///     for event in events.iter() {
///         if let Some(reply) = AgentReply::of(event) {
///             println!("to {:?}: {:?}", reply.recipient(), reply.text());
///         } else if let Some(error) = event.as_unrecognized().and_then(|event| event.decode_error()) {
///             // Perhaps a reply, which would be lost: HubSpot comes again, and the bridge may be mended until then.
///             eprintln!("{error}");
///             return Answer::ComeAgain;
///         }
///     }
///     Answer::Done
/// }
///
/// fn router(receiver: Receiver) -> Router {
///     Router::new().route("/hubspot/events", post(hook)).with_state(receiver)
/// }
/// ```
///
/// The [`Receiver`] is the router's state, or a part of it (`FromRef`). It reads the whole body, so it comes last among a
/// handler's arguments. It knows the whole address in a nested router too. What is refused is answered with its status
/// and an empty body.
#[derive(Clone, Debug)]
pub struct Delivered<T>(pub T);

macro_rules! delivered {
    ($($events:ident by $parse:ident;)+) => { $(
        impl<S> FromRequest<S> for Delivered<$events>
        where
            Receiver: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Refusal;

            async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
                let receiver = Receiver::from_ref(state);
                let (parts, body) = request.into_parts();
                let verified = receiver.receive_body(&parts, body).await?;
                match verified.$parse() {
                    Ok(events) => Ok(Delivered(events)),
                    Err(error) => Err(receiver.unreadable(&parts, &verified, error)),
                }
            }
        }
    )+ };
}

delivered! {
    ChannelEvents by parse;
    ConversationEvents by parse_conversation_events;
}

impl<S> FromRequest<S> for Verified
where
    Receiver: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        Receiver::from_ref(state).receive_body(&parts, body).await
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}
