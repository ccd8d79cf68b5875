//! People write on the page: agents, whose replies go to the bridge, and visitors.

use std::fs;

use thirtyfour::Key;

use crate::{
    browser::{Page, Result, with_page},
    world::{REASON, UNREACHABLE, World},
};

async fn open_conversation(page: &Page, world: &World) -> Result {
    world.visitor_says("Ada", "Hello").await?;
    page.open(&world.page()).await?;
    page.click("#threads .row").await?;
    page.until_text("#entries .visitor", "Hello").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_reaches_the_bridge_and_its_report_comes_back_onto_the_page() -> Result {
    let mut world = World::start().await?;
    with_page(|page| async move {
        open_conversation(&page, &world).await?;
        page.click("#text").await?;
        page.keys("The blue one is").await?;
        page.click("#send").await?;
        world.until_bridge_has("The blue one is").await?;
        page.until_text("#entries .agent [data-fate=read]", "read").await?;
        page.until_text("#entries .agent .meta", "bridge has it").await?;
        page.until("document.querySelector('#text').value === ''").await?;

        page.keys(UNREACHABLE).await?;
        page.click("#send").await?;
        page.until_text("#entries li:last-child [data-fate=failed]", "failed")
            .await?;
        page.until_text("#entries li:last-child .meta", REASON).await?;
        page.until_text("#announcer", REASON).await?;
        page.until_text("#threads .row", "failed").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_answered_by_the_keyboard_alone() -> Result {
    let mut world = World::start().await?;
    with_page(|page| async move {
        world.visitor_says("Ada", "Hello").await?;
        page.open(&world.page()).await?;
        page.until_text("#threads .row", "Hello").await?;
        page.tab_to("#threads .row").await?;
        let outline = "return getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(page.run(outline).await?, "solid", "the focus can be seen");
        page.keys(Key::Enter.value().to_string()).await?;
        page.until_text("#entries .visitor", "Hello").await?;

        page.tab_to("#text").await?;
        page.keys("First line").await?;
        page.chord(Key::Shift, Key::Enter).await?;
        page.keys("second line").await?;
        page.keys(Key::Enter.value().to_string()).await?;
        world.until_bridge_has("First line\nsecond line").await?;
        page.until_text("#entries .agent [data-fate=read]", "read").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_one_letter_lead_everywhere_unless_they_are_switched_off() -> Result {
    let mut world = World::start().await?;
    with_page(|page| async move {
        world.visitor_says("Ada", "Hello").await?;
        page.open(&world.page()).await?;
        page.until_text("#threads .row", "Hello").await?;
        page.keys("j").await?;
        page.until_text("#entries .visitor", "Hello").await?;
        page.keys("r").await?;
        page.keys(format!("jkl{}", Key::Enter.value())).await?;
        world.until_bridge_has("jkl").await?;

        page.keys(Key::Escape.value().to_string()).await?;
        page.keys("e").await?;
        page.until_text("#thread-status", "closed").await?;
        page.until_text("#entries .deed", "Closed").await?;

        page.click("#views [data-view=keys]").await?;
        page.click("#keys-on").await?;
        page.keys("n").await?;
        assert_eq!(page.run("return document.querySelector('dialog[open]')").await?, serde_json::Value::Null);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_begins_a_conversation_and_goes_on_with_it() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        page.open(&world.page()).await?;
        page.click("#new").await?;
        page.keys(format!("Anybody there?{}", Key::Enter.value())).await?;
        page.until_text("#entries .visitor", "Anybody there?").await?;
        page.click("#composer label:has([value=visitor])").await?;
        page.click("#text").await?;
        page.keys(format!("It is me again{}", Key::Enter.value())).await?;
        page.until_text("#entries li:last-child.visitor", "It is me again")
            .await?;
        let threads = world.emulator.threads();
        assert_eq!(threads.len(), 1);
        assert_eq!(threads[0].messages.len(), 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_attached_is_shown() -> Result {
    let world = World::start().await?;
    let folder = tempfile::tempdir()?;
    let picture = folder.path().join("picture.svg");
    fs::write(
        &picture,
        "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8'/></svg>",
    )?;
    with_page(|page| async move {
        open_conversation(&page, &world).await?;
        page.keys("v").await?;
        page.choose_file("#pick", &picture).await?;
        page.until_text("#enclosed", "picture.svg").await?;
        page.click("#send").await?;
        page.until("document.querySelector('#entries .picture img')?.naturalWidth === 8")
            .await?;
        page.until("document.querySelector('#enclosed').children.length === 0")
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_the_channel_refuses_stays_in_the_box_with_the_reason() -> Result {
    let world = World::start().await?;
    with_page(|page| async move {
        open_conversation(&page, &world).await?;
        world
            .emulator
            .set_channel_account_active(world.emulator.channel_account_id(), false);
        page.click("#text").await?;
        page.keys(format!("Lost?{}", Key::Enter.value())).await?;
        page.until_text("#composer-problem", "active").await?;
        assert_eq!(page.run("return document.querySelector('#text').value").await?, "Lost?");
        Ok(())
    })
    .await
}
