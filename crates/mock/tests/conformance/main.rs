//! The suite for transports: the mock passes it, and transports that do what they must not do fail the check that says
//! so.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

mod harness;
mod wrong;

use hubchannel_mock::conformance::{self, Report};

use self::{
    harness::{MockHarness, WHOLE},
    wrong::{Fault, Wrong},
};

async fn failed(fault: Fault) -> Report {
    let report = conformance::run(&Wrong::new(fault)).await;
    assert!(report.failed().next().is_some(), "{fault:?} passed\n{report}");
    report
}

#[track_caller]
fn assert_failed(report: &Report, checks: &[&str]) {
    for check in checks {
        assert!(report.failed().any(|(failed, _)| failed == *check), "{check} did not fail\n{report}");
    }
}

/// That these checks, and no others, find the fault.
#[track_caller]
fn assert_only(report: &Report, checks: &[&str]) {
    let failed: Vec<_> = report.failed().map(|(check, _)| check).collect();
    assert_eq!(failed, checks, "{report}");
}

#[tokio::test]
async fn the_mock_conforms() {
    let report = conformance::run(&MockHarness::default()).await;
    report.assert();
    let skipped: Vec<_> = report.skipped().collect();
    assert_eq!(
        skipped,
        [
            ("an_address_that_names_no_server_is_refused", "the harness has no connections"),
            ("a_source_is_read_no_faster_than_it_is_sent", WHOLE)
        ],
        "{report}"
    );
}

#[tokio::test]
async fn a_transport_that_repeats_fails() {
    let report = failed(Fault::Repeats).await;
    assert_failed(
        &report,
        &[
            "no_answer_in_time_is_unknown",
            "a_connection_closed_without_an_answer_is_unknown",
            "a_connection_closed_when_used_again_is_unknown_and_nothing_is_repeated",
            "a_connection_reset_while_the_request_is_sent_is_unknown",
            "a_connection_reset_while_a_source_is_sent_is_unknown",
            "a_head_that_is_cut_off_is_no_answer",
            "an_answer_without_end_fails",
        ],
    );
}

#[tokio::test]
async fn a_transport_that_follows_redirects_fails() {
    let report = failed(Fault::FollowsRedirects).await;
    assert_failed(
        &report,
        &[
            "a_redirect_is_an_answer_and_is_not_followed",
            "a_redirect_on_the_same_server_is_not_followed",
        ],
    );
}

#[tokio::test]
async fn a_transport_that_calls_everything_not_sent_fails() {
    let report = failed(Fault::CallsEverythingNotSent).await;
    assert_failed(
        &report,
        &[
            "no_answer_in_time_is_unknown",
            "a_connection_closed_without_an_answer_is_unknown",
            "a_connection_reset_while_the_request_is_sent_is_unknown",
            "a_connection_reset_while_a_source_is_sent_is_unknown",
            "a_head_that_is_cut_off_is_no_answer",
            "a_body_of_known_length_that_is_cut_off_is_no_answer",
            "what_is_not_http_is_no_answer",
        ],
    );
}

#[tokio::test]
async fn a_transport_that_takes_half_an_answer_for_an_answer_fails() {
    let report = failed(Fault::TakesHalfAnswers).await;
    assert_failed(
        &report,
        &[
            "a_head_that_is_cut_off_is_no_answer",
            "a_body_of_known_length_that_is_cut_off_is_no_answer",
            "a_body_in_pieces_that_is_cut_off_is_no_answer",
        ],
    );
}

#[tokio::test]
async fn a_transport_whose_errors_show_a_secret_fails() {
    for (secret, words) in [
        ("headers", "shows the token"),
        ("path", "shows the token in the path"),
        ("query", "shows the query"),
        ("body", "shows the body of the request"),
    ] {
        let report = failed(Fault::Shows(secret)).await;
        assert_failed(&report, &["a_refused_connection_is_not_sent"]);
        assert!(report.failed().all(|(_, why)| why.contains(words)), "{report}");
    }
}

#[tokio::test]
async fn a_transport_that_makes_statuses_errors_fails() {
    assert_failed(
        &failed(Fault::FailsOnStatus).await,
        &["an_answer_of_any_status_is_an_answer", "a_page_comes_as_it_is"],
    );
}

#[tokio::test]
async fn a_transport_that_loses_something_fails() {
    assert_failed(
        &failed(Fault::KeepsOneValueOfAHeader).await,
        &[
            "headers_arrive_with_all_their_values",
            "headers_of_an_answer_come_with_all_their_values",
            "an_answer_that_comes_in_drips_comes_whole",
        ],
    );
    assert_failed(
        &failed(Fault::CutsBodies).await,
        &[
            "a_body_arrives_whole",
            "a_body_of_known_length_comes_whole",
            "a_body_in_pieces_comes_whole",
        ],
    );
    assert_failed(&failed(Fault::DropsTheQuery).await, &["path_and_query_arrive_as_they_are_written"]);
    assert_failed(&failed(Fault::ResolvesDots).await, &["an_unusual_address_arrives_as_it_is_written_or_is_refused"]);
}

#[tokio::test]
async fn a_transport_that_adds_headers_fails() {
    for fault in [Fault::AddsHeaders, Fault::AddsAccept { says_so: false }] {
        assert_failed(&failed(fault).await, &["headers_are_added_only_where_http_needs_them"]);
    }
    conformance::run(&Wrong::new(Fault::AddsAccept { says_so: true }))
        .await
        .assert();
}

#[tokio::test]
async fn a_transport_that_sends_what_contradicts_itself_fails() {
    let report = failed(Fault::SendsAnyLength).await;
    assert_only(&report, &["a_request_whose_headers_contradict_its_body_is_refused"]);
}

#[tokio::test]
async fn a_transport_that_unpacks_answers_fails() {
    assert_only(&failed(Fault::Unpacks).await, &["a_compressed_answer_comes_as_it_is"]);
}

#[tokio::test]
async fn a_transport_that_takes_any_address_fails() {
    for (what, words) in [
        ("http://conformance-token", "with a user name"),
        ("ada:", "with a password"),
        (":99999", "to a port that is none"),
        ("example:/", "to an empty port"),
        ("ftp:", "by ftp"),
        ("POST /", "without a server"),
        ("CONNECT", "for a tunnel"),
    ] {
        let report = failed(Fault::Takes(what)).await;
        assert_only(&report, &["an_address_that_names_no_server_is_refused"]);
        assert!(report.to_string().contains(words), "{report}");
    }
}

#[tokio::test]
async fn a_transport_that_mixes_answers_fails() {
    assert_failed(
        &failed(Fault::MixesAnswers).await,
        &[
            "exchanges_at_the_same_time_do_not_mix",
            "an_exchange_that_is_dropped_does_not_disturb_the_next",
        ],
    );
}

#[tokio::test]
async fn a_transport_that_answers_for_a_silent_peer_fails() {
    let report = failed(Fault::AnswersSilence).await;
    assert_failed(&report, &["silence_is_waited_for_and_the_wait_can_be_dropped"]);
}

#[tokio::test]
async fn a_transport_that_takes_a_broken_connection_for_an_answer_fails() {
    let report = failed(Fault::AnswersForWhoCloses).await;
    assert_only(&report, &["a_connection_closed_before_anything_is_read_is_no_answer"]);
    let report = failed(Fault::TakesResetAnswers).await;
    assert_only(&report, &["an_answer_whose_connection_is_reset_is_no_answer"]);
}

#[tokio::test]
async fn a_transport_that_never_answers_fails_and_does_not_hang() {
    let report = failed(Fault::NeverAnswers).await;
    assert!(report.failed().any(|(_, why)| why.contains("patient")), "{report}");
}

#[tokio::test]
async fn a_transport_whose_slow_peer_hears_late_conforms() {
    conformance::run(&Wrong::new(Fault::IsHeardLate)).await.assert();
}

#[tokio::test]
async fn a_transport_that_does_not_read_sources_to_their_end_fails() {
    assert_failed(&failed(Fault::SendsNothingOfASource).await, &["a_body_from_a_source_arrives_whole_each_time"]);
    assert_failed(
        &failed(Fault::SendsHalfOfASource).await,
        &[
            "a_source_that_fails_leaves_no_request_that_looks_whole",
            "a_source_of_another_length_leaves_no_request_that_looks_whole",
        ],
    );
}

#[tokio::test]
async fn a_transport_that_reads_a_source_before_it_is_sent_fails() {
    let report = failed(Fault::ReadsAhead).await;
    assert_only(&report, &["a_source_is_read_no_faster_than_it_is_sent"]);
    assert!(report.to_string().contains("bytes of a source were read"), "{report}");
}

#[tokio::test]
async fn a_transport_that_goes_on_with_what_was_dropped_fails() {
    let report = failed(Fault::Detaches).await;
    assert_only(&report, &["an_exchange_that_is_dropped_ends_its_connection"]);
    let report = failed(Fault::KeepsAnswers).await;
    assert_only(&report, &["an_answer_that_is_dropped_half_way_ends_its_connection"]);
}

#[tokio::test]
async fn a_transport_that_ends_a_stream_early_fails() {
    assert_failed(
        &failed(Fault::EndsStreamsEarly).await,
        &["a_streamed_answer_that_is_cut_off_does_not_end_as_if_it_were_whole"],
    );
}

#[tokio::test]
async fn what_cannot_be_checked_is_reported_with_the_reason() {
    let report = conformance::run(&Wrong::new(Fault::Declines)).await;
    report.assert();
    let skipped: Vec<_> = report.skipped().collect();
    let refused = ("a_refused_connection_is_not_sent", "there are no connections here");
    assert_eq!(skipped, [refused, ("a_source_is_read_no_faster_than_it_is_sent", WHOLE)]);
    assert!(
        report
            .to_string()
            .contains("skipped  a_refused_connection_is_not_sent: there are no connections here")
    );
}

#[tokio::test]
#[should_panic(expected = "nothing was checked")]
async fn a_report_without_checks_is_no_success() {
    conformance::run(&Wrong::new(Fault::DeclinesAll)).await.assert();
}
