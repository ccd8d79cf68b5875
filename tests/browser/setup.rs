//! Portals, apps, channels, accounts and contacts are made on the page.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    browser::{Page, Result, with_page},
    world::World,
};

/// Opens the part of the page, and there the form of this kind.
async fn open_form(page: &Page, kind: &str) -> Result {
    page.click("#views [data-view=setup]").await?;
    page.click(&format!("[data-kind={kind}] summary")).await
}

async fn choose(page: &Page, field: &str, value: &str) -> Result {
    let option = format!("#{field} option[value=\"{value}\"]");
    page.until(&format!("document.querySelector({})", json!(option)))
        .await?;
    page.run(&format!("document.getElementById('{field}').value = {}", json!(value)))
        .await?;
    Ok(())
}

async fn write(page: &Page, field: &str, text: &str) -> Result {
    page.click(&format!("#{field}")).await?;
    page.keys(text).await
}

/// Sends the form and waits for what it made.
async fn make(page: &Page, kind: &str, said: &str) -> Result {
    page.click(&format!("[data-kind={kind}] .making .main")).await?;
    page.until_text(&format!("[data-kind={kind}] .made"), said).await?;
    Ok(())
}

async fn value(page: &Page, field: &str) -> Result<Value> {
    page.run(&format!("return document.getElementById('{field}').value"))
        .await
}

async fn is_in_page(page: &Page, text: &str) -> Result<bool> {
    let script = format!("return (location.href + document.documentElement.outerHTML).includes({})", json!(text));
    Ok(page.run(&script).await? == true)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_bridge_needs_is_made_on_the_page() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        open_form(&page, "apps").await?;
        make(&page, "apps", "is there").await?;
        let credentials = world.emulator.credentials();
        let app = credentials.apps.last().ok_or("no app")?;
        for (name, secret) in [
            ("Client secret", &app.client_secret),
            ("Developer key", &app.developer_key),
        ] {
            page.until_text("[data-kind=apps] .made", name).await?;
            page.until_text("[data-kind=apps] .made", secret.expose()).await?;
        }
        page.click("[data-kind=apps] .made [aria-label='Copy: Developer key']")
            .await?;
        page.until_text("[data-kind=apps] .made dd:last-child button", "Copied")
            .await?;
        page.click("[data-kind=apps] .made .buttons button").await?;
        assert!(!is_in_page(&page, app.developer_key.expose()).await?, "a secret is shown once");

        let app = app.app_id.to_string();
        open_form(&page, "portals").await?;
        write(&page, "portals-portalId", "700").await?;
        choose(&page, "portals-appId", &app).await?;
        make(&page, "portals", "Portal 700").await?;
        let credentials = world.emulator.credentials();
        let token = credentials.access_tokens.iter().find(|token| token.portal_id == 700);
        let token = &token.ok_or("no token")?.token;
        page.until_text("[data-kind=portals] .made", token.expose()).await?;
        assert!(
            !page
                .run("return location.href")
                .await?
                .to_string()
                .contains(token.expose())
        );

        open_form(&page, "channels").await?;
        write(&page, "channels-name", "Harbour").await?;
        choose(&page, "channels-appId", &app).await?;
        write(&page, "channels-webhookUrl", "https://bridge.example.com/events").await?;
        make(&page, "channels", "is registered").await?;
        let channels = world.emulator.channels();
        let channel = channels.last().ok_or("no channel")?;
        assert_eq!(channel.name.as_deref(), Some("Harbour"));
        assert_eq!(channel.webhook_url.as_deref(), Some("https://bridge.example.com/events"));
        let channel = channel.id.as_ref().ok_or("no id")?.to_string();

        open_form(&page, "accounts").await?;
        let overview = world.emulator.overview();
        let inbox = overview.inboxes.iter().find(|inbox| inbox.portal_id == 700);
        choose(&page, "accounts-channelId", &channel).await?;
        choose(&page, "accounts-inboxId", inbox.ok_or("no inbox")?.id.as_str()).await?;
        write(&page, "accounts-deliveryIdentifier-value", "quay").await?;
        make(&page, "accounts", "is connected").await?;
        page.until_text("[data-kind=accounts] .things", "quay").await?;
        let accounts = world.emulator.overview().accounts;
        let account = accounts.last().ok_or("no account")?;
        assert_eq!((account.portal_id, account.account.name.as_deref()), (700, Some("Harbour")));

        // The same address again is told beside the address.
        choose(&page, "accounts-channelId", &channel).await?;
        choose(&page, "accounts-inboxId", inbox.ok_or("no inbox")?.id.as_str()).await?;
        write(&page, "accounts-deliveryIdentifier-value", "quay").await?;
        page.click("[data-kind=accounts] .making .main").await?;
        page.until_text("#accounts-deliveryIdentifier-value-problem", "already")
            .await?;

        open_form(&page, "contacts").await?;
        write(&page, "contacts-name", "Ada").await?;
        choose(&page, "contacts-portalId", "700").await?;
        make(&page, "contacts", "portal 700").await?;
        let contacts = world.emulator.overview().contacts;
        assert_eq!(contacts.last().and_then(|contact| contact.name.as_deref()), Some("Ada"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        open_form(&page, "channels").await?;
        write(&page, "channels-webhookUrl", "bridge").await?;
        page.click("[data-kind=channels] .making .main").await?;
        page.until_text("#channels-name-problem", "must be given").await?;
        page.until("document.activeElement.id === 'channels-name'").await?;
        page.keys(format!("Chat{}", Key::Enter.value())).await?;
        page.until_text("#channels-webhookUrl-problem", "https://host/path")
            .await?;
        page.until("document.querySelector('#channels-name-problem').textContent === ''")
            .await?;
        page.until("document.activeElement.matches('#channels-webhookUrl[aria-invalid=true]')")
            .await?;
        // What changes elsewhere is offered, and takes nothing away.
        world.emulator.create_app(Default::default())?;
        page.until("document.querySelector('#channels-appId').options.length === 2")
            .await?;
        assert_eq!(value(&page, "channels-name").await?, "Chat");
        assert_eq!(value(&page, "channels-webhookUrl").await?, "bridge");
        assert_eq!(world.emulator.channels().len(), 1);

        open_form(&page, "portals").await?;
        for (typed, said) in [("62515", "already"), ("many", "number")] {
            page.run("document.querySelector('#portals-portalId').value = ''")
                .await?;
            write(&page, "portals-portalId", typed).await?;
            page.click("[data-kind=portals] .making .main").await?;
            page.until_text("#portals-portalId-problem", said).await?;
            assert_eq!(value(&page, "portals-portalId").await?, typed);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_made_by_the_keyboard_alone_in_a_small_window() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.look_like(400, 700, "dark").await?;
        page.open(&world.page()).await?;
        page.until("document.querySelector('#kinds .things li')").await?;
        page.keys("s").await?;
        page.until("document.activeElement.matches('[data-kind=portals] summary')")
            .await?;
        page.tab_to("[data-kind=contacts] summary").await?;
        page.keys(Key::Enter.value().to_string()).await?;
        page.tab_to("#contacts-name").await?;
        page.keys("Grace").await?;
        page.tab_to("#contacts-email").await?;
        page.keys(format!("grace@example.com{}", Key::Enter.value())).await?;
        page.until("document.activeElement.matches('[data-kind=contacts] .made')")
            .await?;
        page.until_text("#announcer", "Contact").await?;
        let wide = "return document.documentElement.scrollWidth - innerWidth";
        assert_eq!(page.run(wide).await?, json!(0));
        page.tab_to(".made .buttons button").await?;
        page.keys(Key::Enter.value().to_string()).await?;
        page.until("document.activeElement.matches('[data-kind=contacts] summary')")
            .await?;
        let contacts = world.emulator.overview().contacts;
        let emails: Vec<_> = contacts.iter().filter_map(|contact| contact.email.as_deref()).collect();
        assert_eq!(emails, ["grace@example.com"]);
        Ok(())
    })
    .await
}
