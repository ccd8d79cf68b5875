//! What users have let apps do in their portals: codes, refresh tokens and access tokens.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use hubchannel_api::model::Secret;
use serde::{Deserialize, Serialize};

use super::{Ids, token_row::TokenRow};
use crate::seed::TokenSeed;

/// How long an access token is good.
pub(crate) const LIFETIME: Duration = Duration::from_secs(1_800);

/// How long a code is good.
const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// Every code and token that is still known.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tokens {
    /// The oldest first.
    codes: VecDeque<Code>,
    /// The longest unused first.
    refresh: VecDeque<Refresh>,
    access: TokenRow,
    /// Those that apps have got.
    issued: TokenRow,
}

/// What a user has allowed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Grant {
    pub(crate) app_id: u64,
    pub(crate) portal_id: u64,
    pub(crate) scopes: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Code {
    secret: Secret,
    grant: Grant,
    redirect_uri: String,
    #[serde(with = "crate::snapshot::form::time")]
    expires_at: SystemTime,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Refresh {
    secret: Secret,
    grant: Grant,
}

/// Fresh tokens.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) access: Secret,
    pub(crate) refresh: Secret,
    pub(crate) grant: Grant,
}

/// Why there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotIssued {
    /// There is no such code or refresh token, or none any more.
    Unknown,
    /// It is of another app.
    OtherApp,
    /// The code was sent to another address.
    OtherAddress,
}

impl Tokens {
    pub(super) fn new(seeds: &[TokenSeed]) -> Self {
        Tokens {
            codes: VecDeque::new(),
            refresh: VecDeque::new(),
            access: seeds.iter().cloned().collect::<VecDeque<_>>().into(),
            issued: TokenRow::default(),
        }
    }

    /// Every access token.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &TokenSeed> {
        self.access.iter().chain(self.issued.iter())
    }

    /// Lets the oldest that apps have got go where there are more of a kind than so many; how many tokens went.
    pub(super) fn retain(&mut self, most: usize) -> u64 {
        let more = |there: usize| there.saturating_sub(most.max(1));
        self.codes.drain(..more(self.codes.len()));
        let refresh = self.refresh.drain(..more(self.refresh.len())).count();
        let access = more(self.issued.len());
        (0..access).for_each(|_| self.issued.pop());
        (access + refresh) as u64
    }

    pub(crate) fn add(&mut self, token: TokenSeed) {
        self.access.push(token);
    }

    /// The access token, be it good or expired.
    pub(crate) fn access(&self, token: &Secret) -> Option<&TokenSeed> {
        // Of two with the same text the one that an app has got counts.
        self.issued.get(token).or_else(|| self.access.get(token))
    }

    /// Lets the access token expire at this time, where it would be good for longer.
    pub(crate) fn expire(&mut self, token: &Secret, now: SystemTime) {
        let all = self.access.iter_mut().chain(self.issued.iter_mut());
        for known in all.filter(|known| known.secret == *token) {
            known.expires_at = Some(known.expires_at.map_or(now, |expiry| expiry.min(now)));
        }
    }

    /// What the refresh token stands for.
    pub(crate) fn refresh(&self, token: &Secret) -> Option<&Grant> {
        let found = self.refresh.iter().find(|known| known.secret == *token);
        found.map(|known| &known.grant)
    }

    /// A code for what a user has allowed.
    pub(crate) fn allow(&mut self, ids: &mut Ids, grant: Grant, redirect_uri: String, now: SystemTime) -> Secret {
        let secret = Secret::from(format!("na1-{}", ids.secret()));
        self.codes.retain(|known| known.expires_at > now);
        self.codes.push_back(Code {
            secret: secret.clone(),
            grant,
            redirect_uri,
            expires_at: now.checked_add(CODE_LIFETIME).unwrap_or(now),
        });
        secret
    }

    /// Tokens for a code, which is good once.
    pub(crate) fn redeem(
        &mut self,
        ids: &mut Ids,
        app_id: u64,
        code: &Secret,
        redirect_uri: &str,
        now: SystemTime,
    ) -> Result<Issued, NotIssued> {
        self.codes.retain(|known| known.expires_at > now);
        let found = self.codes.iter().position(|known| known.secret == *code);
        let at = found.ok_or(NotIssued::Unknown)?;
        let known = self.codes.get(at).ok_or(NotIssued::Unknown)?;
        if known.grant.app_id != app_id {
            return Err(NotIssued::Unknown);
        }
        if known.redirect_uri != redirect_uri {
            return Err(NotIssued::OtherAddress);
        }
        let grant = self.codes.remove(at).ok_or(NotIssued::Unknown)?.grant;
        let refresh = self.install(ids, grant.clone());
        Ok(self.issue(ids, grant, refresh, now))
    }

    /// An access token for a refresh token, which may be replaced too.
    pub(crate) fn renew(
        &mut self,
        ids: &mut Ids,
        app_id: u64,
        token: &Secret,
        rotate: bool,
        now: SystemTime,
    ) -> Result<Issued, NotIssued> {
        let found = self.refresh.iter().position(|known| known.secret == *token);
        let at = found.ok_or(NotIssued::Unknown)?;
        let known = self.refresh.get(at).ok_or(NotIssued::Unknown)?;
        if known.grant.app_id != app_id {
            return Err(NotIssued::OtherApp);
        }
        let mut known = self.refresh.remove(at).ok_or(NotIssued::Unknown)?;
        if rotate {
            known.secret = Secret::from(ids.secret());
        }
        let (grant, refresh) = (known.grant.clone(), known.secret.clone());
        // What is in use goes last.
        self.refresh.push_back(known);
        Ok(self.issue(ids, grant, refresh, now))
    }

    fn issue(&mut self, ids: &mut Ids, grant: Grant, refresh: Secret, now: SystemTime) -> Issued {
        let access = Secret::from(ids.secret());
        let token = TokenSeed::new(access.clone(), grant.portal_id, grant.app_id)
            .set_scopes(grant.scopes.clone())
            .set_expires_at(now.checked_add(LIFETIME).unwrap_or(now));
        self.issued.push(token);
        Issued { access, refresh, grant }
    }

    /// A refresh token to start with.
    pub(crate) fn install(&mut self, ids: &mut Ids, grant: Grant) -> Secret {
        let secret = Secret::from(ids.secret());
        self.refresh.push_back(Refresh {
            secret: secret.clone(),
            grant,
        });
        secret
    }

    /// Takes the refresh token no more.
    pub(crate) fn revoke(&mut self, app_id: u64, token: &Secret) -> Result<(), NotIssued> {
        match self.refresh(token) {
            Some(grant) if grant.app_id != app_id => Err(NotIssued::OtherApp),
            _ => {
                self.refresh.retain(|known| known.secret != *token);
                Ok(())
            }
        }
    }

    /// Whether the app may do anything in the portal.
    pub(crate) fn is_installed(&self, app_id: u64, portal_id: u64) -> bool {
        let is = |app: u64, portal: u64| (app, portal) == (app_id, portal_id);
        self.all().any(|known| is(known.app_id, known.portal_id))
            || self
                .refresh
                .iter()
                .any(|known| is(known.grant.app_id, known.grant.portal_id))
    }

    /// Forgets all that the app may do in the portal.
    pub(crate) fn uninstall(&mut self, app_id: u64, portal_id: u64) {
        let stays = |app: u64, portal: u64| (app, portal) != (app_id, portal_id);
        self.codes.retain(|code| stays(code.grant.app_id, code.grant.portal_id));
        self.refresh
            .retain(|known| stays(known.grant.app_id, known.grant.portal_id));
        self.access.retain(|known| stays(known.app_id, known.portal_id));
        self.issued.retain(|known| stays(known.app_id, known.portal_id));
    }
}
