//! Who acts in a conversation.

use crate::{
    ActorId, DetailedError, Field, Number, Timestamp, Url, Violations,
    preflight::Checker,
    wire::{open_enum, record},
};

record! {
    /// Somebody, or something, that takes part in conversations, as the Conversations API returns it.
    ///
    /// ```
    /// use hubchannel_model::{Actor, ActorType};
    ///
    /// let actor: Actor = serde_json::from_str(r#"{"type":"AGENT","id":"A-2620022","name":"Grace"}"#)?;
    /// assert_eq!(actor.r#type, ActorType::Agent.into());
    /// assert_eq!(actor.name.as_deref(), Some("Grace"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// A webhook names the agent by id only; this is where the name is. HubSpot describes one object for each type;
    /// they differ only in which members they have: called `PublicAgentActor`, `PublicBotActor`, `PublicEmailActor`,
    /// `PublicIntegratorActor`, `PublicLLMActor`, `PublicSystemActor` and `PublicVisitorActor`.
    pub struct Actor {
        /// What kind of actor it is.
        pub r#type: Field<ActorType> => "type",
        /// The actor's id, which begins with the letter of its kind.
        pub id: Field<ActorId> => "id",
        /// The name shown.
        pub name: Field<String> => "name",
        /// The e-mail address.
        pub email: Field<String> => "email",
        /// The address of a picture.
        pub avatar: Field<Url> => "avatar",
    }
}

open_enum! {
    /// What kind of actor one is.
    pub enum ActorType {
        /// A user of HubSpot.
        Agent = "AGENT",
        /// A chatbot.
        Bot = "BOT",
        /// Somebody of whom only the e-mail address is known.
        Email = "EMAIL",
        /// An app.
        Integrator = "INTEGRATOR",
        /// HubSpot's customer agent, a language model. It answers on custom channels too (observed).
        Llm = "LLM",
        /// HubSpot itself.
        System = "SYSTEM",
        /// A contact, or a visitor who is none yet.
        Visitor = "VISITOR",
    }
}

impl ActorId {
    /// What kind of actor the id's first letter says it is (documented; of bots described).
    ///
    /// ```
    /// use hubchannel_model::{ActorId, ActorType};
    ///
    /// assert_eq!(ActorId::new("V-1401").actor_type(), Some(ActorType::Visitor));
    /// assert_eq!(ActorId::new("V-1401").key(), Some("1401"));
    /// assert_eq!(ActorId::new("1401").actor_type(), None);
    /// ```
    pub fn actor_type(&self) -> Option<ActorType> {
        Some(match self.as_str().split_once('-')?.0 {
            "A" => ActorType::Agent,
            "B" => ActorType::Bot,
            "E" => ActorType::Email,
            "I" => ActorType::Integrator,
            "L" => ActorType::Llm,
            "S" => ActorType::System,
            "V" => ActorType::Visitor,
            _ => return None,
        })
    }

    /// What stands behind the letter: a user's or a contact's number, an e-mail address, an app's number.
    pub fn key(&self) -> Option<&str> {
        self.actor_type()?;
        self.as_str().split_once('-').map(|(_, key)| key)
    }
}

record! {
    /// Which actors to read: the body of `POST /conversations/v3/conversations/actors/batch/read`.
    ///
    /// ```
    /// use hubchannel_model::ActorBatch;
    ///
    /// let body = ActorBatch::new(["A-2620022", "V-1401"]);
    /// assert_eq!(serde_json::to_string(&body)?, r#"{"inputs":["A-2620022","V-1401"]}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Called `BatchInputString` in HubSpot's descriptions.
    pub struct ActorBatch {
        /// The actors. Required.
        pub inputs: Field<Vec<ActorId>> => "inputs",
    }
}

impl ActorBatch {
    /// These actors.
    pub fn new(inputs: impl IntoIterator<Item = impl Into<ActorId>>) -> Self {
        ActorBatch {
            inputs: Field::Value(inputs.into_iter().map(Into::into).collect()),
            ..ActorBatch::default()
        }
    }

    /// Checks that there is a list, of ids that are some.
    ///
    /// # Errors
    /// When there is none, or an id is empty.
    pub fn check(&self) -> Result<(), Violations> {
        Checker::run(|checker| {
            let remedy = "name the actors";
            checker.required_list("inputs", &self.inputs, remedy, |checker, id| checker.id("", id, remedy));
        })
    }
}

record! {
    /// The actors that were read, and what went wrong with the others. Called `BatchResponsePublicActor` in HubSpot's
    /// descriptions, and with errors `BatchResponsePublicActorWithErrors`.
    pub struct ActorBatchResult {
        /// How far the batch has come.
        pub status: Field<BatchStatus> => "status",
        /// The actors, in no certain order: find each by its id.
        pub results: Field<Vec<Actor>> => "results",
        /// When it was asked for.
        pub requested_at: Field<Timestamp> => "requestedAt",
        /// When it began.
        pub started_at: Field<Timestamp> => "startedAt",
        /// When it was done.
        pub completed_at: Field<Timestamp> => "completedAt",
        /// Pages that may help, by name.
        pub links: Field<std::collections::BTreeMap<String, String>> => "links",
        /// How many errors there are.
        pub num_errors: Field<Number> => "numErrors",
        /// The errors.
        pub errors: Field<Vec<DetailedError>> => "errors",
    }
}

impl ActorBatchResult {
    /// The actor of this id, if it was read.
    pub fn get(&self, id: &ActorId) -> Option<&Actor> {
        let actors = self.results.as_deref().unwrap_or_default();
        actors.iter().find(|actor| actor.id.as_ref() == Some(id))
    }
}

open_enum! {
    /// How far a batch has come.
    pub enum BatchStatus {
        /// It has not begun.
        Pending = "PENDING",
        /// It is at work.
        Processing = "PROCESSING",
        /// It was given up.
        Canceled = "CANCELED",
        /// It is done.
        Complete = "COMPLETE",
    }
}
