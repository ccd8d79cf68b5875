//! A browser without a window, and the waiting for what its page shows.

use std::{fmt, path::Path, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{By, ChromeCapabilities, ChromiumLikeCapabilities as _, DesiredCapabilities, Key, WebDriver};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What all browsers here start with: nothing that calls home, and nothing that a machine without a screen lacks.
const ARGUMENTS: &[&str] = &[
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1440,900",
];

/// Calls back once the condition holds, and looks again at whatever changes in the page.
const UNTIL: &str = "
    const [condition, done] = arguments;
    const holds = new Function(`return (${condition})`);
    const observer = new MutationObserver(look);
    function look() {
        const value = holds();
        if (value) {
            observer.disconnect();
            done(value);
        }
    }
    observer.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
    look();
";

/// A page in a browser of its own.
pub(crate) struct Page {
    driver: WebDriver,
}

/// Gives a test a page in a browser of its own, which ends with the test however that ends.
pub(crate) async fn with_page<T>(test: impl FnOnce(Page) -> T) -> Result
where
    T: Future<Output = Result> + Send + 'static,
{
    let chromedriver = Chromedriver::start().await?;
    let driver = WebDriver::new(&chromedriver.address, chromedriver.capabilities()?).await?;
    driver.set_script_timeout(PATIENCE).await?;
    let page = Page { driver: driver.clone() };
    let outcome = tokio::spawn(test(page)).await;
    driver.quit().await?;
    outcome?
}

impl Page {
    pub(crate) async fn open(&self, address: &str) -> Result {
        Ok(self.driver.goto(address).await?)
    }

    /// What a script returns.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// Waits until an expression is true, and gives its value.
    pub(crate) async fn until(&self, condition: &str) -> Result<Value> {
        match self.driver.execute_async(UNTIL, vec![json!(condition)]).await {
            Ok(value) => Ok(value.json().clone()),
            Err(error) => {
                let text = self.run("return document.body.innerText").await?;
                let text = text.as_str().unwrap_or_default();
                Err(format!("never came true: {condition}\n{error}\nthe page says:\n{text}").into())
            }
        }
    }

    /// Waits until the element that matches has this text in it.
    pub(crate) async fn until_text(&self, selector: &str, text: &str) -> Result<Value> {
        let condition = format!("document.querySelector({})?.textContent.includes({})", json!(selector), json!(text));
        self.until(&condition).await
    }

    pub(crate) async fn click(&self, selector: &str) -> Result {
        self.until(&format!("document.querySelector({})", json!(selector)))
            .await?;
        let element = self.driver.find(By::Css(selector)).await?;
        Ok(element.click().await?)
    }

    /// Chooses a file where the page asks for one.
    pub(crate) async fn choose_file(&self, selector: &str, file: &Path) -> Result {
        let input = self.driver.find(By::Css(selector)).await?;
        Ok(input.send_keys(file.display().to_string()).await?)
    }

    /// Types where the focus is.
    pub(crate) async fn keys(&self, keys: impl AsRef<str>) -> Result {
        Ok(self.driver.action_chain().send_keys(keys.as_ref()).perform().await?)
    }

    /// Presses one key while another is held.
    pub(crate) async fn chord(&self, held: Key, key: Key) -> Result {
        let (held, key) = (held.value(), key.value());
        let chain = self.driver.action_chain().key_down(held).key_down(key);
        Ok(chain.key_up(key).key_up(held).perform().await?)
    }

    /// Presses Tab until the focused element matches.
    pub(crate) async fn tab_to(&self, selector: &str) -> Result {
        const MOST: usize = 40;
        for _ in 0..MOST {
            self.keys(Key::Tab.value().to_string()).await?;
            let script = format!("return document.activeElement.matches({})", json!(selector));
            if self.run(&script).await? == true {
                return Ok(());
            }
        }
        Err(format!("Tab does not lead to {selector}").into())
    }

    /// Gives the page so much room, and the reader this taste.
    pub(crate) async fn look_like(&self, width: u32, height: u32, scheme: &str) -> Result {
        let cdp = self.driver.cdp();
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        cdp.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").finish_non_exhaustive()
    }
}

/// The program that starts browsers and hands on what they are told. It ends when this is dropped.
struct Chromedriver {
    address: String,
    /// What the browser keeps, empty at first.
    profile: TempDir,
    _process: Child,
}

impl Chromedriver {
    async fn start() -> Result<Self> {
        let profile = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("chromedriver could not be started: {error}; `cargo xtask browser` says more"))?;
        let output = process.stdout.take().ok_or("chromedriver has no output")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port: u16 = port.trim_end_matches('.').parse()?;
                let address = format!("http://127.0.0.1:{port}");
                // Whoever stops reading makes it wait before long.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Chromedriver {
                    address,
                    profile,
                    _process: process,
                });
            }
        }
        Err("chromedriver ended before it was ready".into())
    }

    fn capabilities(&self) -> Result<ChromeCapabilities> {
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument)?;
        }
        if is_root() {
            // The sandbox is not to be had there.
            capabilities.add_arg("--no-sandbox")?;
        }
        capabilities.add_arg(&format!("--user-data-dir={}", self.profile.path().display()))?;
        Ok(capabilities)
    }
}

/// Whether this program runs as root, where the system says who runs it.
fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;

        std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
    }
    #[cfg(not(target_os = "linux"))]
    false
}
