//! The checks, and what they share.

mod answers;
mod conduct;
mod dropped;
mod failures;
mod framing;
mod requests;
mod streams;
mod trial;

use std::pin::Pin;

use self::trial::Exam;
use super::{Harness, Report, report::Stop};

type Verdict = Result<(), Stop>;

type Check = for<'a> fn(Exam<'a>) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// A table of checks, each called by the name of its function.
macro_rules! checks {
    ($($module:ident::$check:ident),* $(,)?) => {
        &[$((stringify!($check), |exam| Box::pin($module::$check(exam)))),*]
    };
}

const CHECKS: &[(&str, Check)] = checks![
    requests::the_method_arrives,
    requests::path_and_query_arrive_as_they_are_written,
    requests::an_unusual_address_arrives_as_it_is_written_or_is_refused,
    requests::an_address_that_names_no_server_is_refused,
    requests::headers_arrive_with_all_their_values,
    requests::headers_are_added_only_where_http_needs_them,
    requests::a_body_arrives_whole,
    requests::an_extension_of_a_request_changes_nothing,
    framing::a_request_whose_headers_contradict_its_body_is_refused,
    answers::an_answer_of_any_status_is_an_answer,
    answers::headers_of_an_answer_come_with_all_their_values,
    answers::header_bytes_beyond_ascii_travel_both_ways,
    answers::a_body_of_known_length_comes_whole,
    answers::a_body_in_pieces_comes_whole,
    answers::an_answer_that_comes_in_drips_comes_whole,
    answers::a_page_comes_as_it_is,
    answers::a_compressed_answer_comes_as_it_is,
    answers::an_empty_answer_comes_as_it_is,
    answers::a_client_publishes_over_the_transport,
    conduct::a_redirect_is_an_answer_and_is_not_followed,
    conduct::a_redirect_on_the_same_server_is_not_followed,
    conduct::exchanges_at_the_same_time_do_not_mix,
    conduct::silence_is_waited_for_and_the_wait_can_be_dropped,
    conduct::debug_of_the_transport_shows_no_secret,
    dropped::an_exchange_that_is_dropped_does_not_disturb_the_next,
    dropped::an_exchange_that_is_dropped_ends_its_connection,
    dropped::an_answer_that_is_dropped_half_way_ends_its_connection,
    failures::a_refused_connection_is_not_sent,
    failures::a_connection_closed_before_anything_is_read_is_no_answer,
    failures::no_connection_in_time_is_not_sent,
    failures::no_answer_in_time_is_unknown,
    failures::a_connection_closed_without_an_answer_is_unknown,
    failures::a_connection_closed_when_used_again_is_unknown_and_nothing_is_repeated,
    failures::a_connection_reset_while_the_request_is_sent_is_unknown,
    failures::a_head_that_is_cut_off_is_no_answer,
    failures::a_body_of_known_length_that_is_cut_off_is_no_answer,
    failures::a_body_in_pieces_that_is_cut_off_is_no_answer,
    failures::an_answer_whose_connection_is_reset_is_no_answer,
    failures::an_answer_that_announces_too_much_fails,
    failures::an_answer_without_end_fails,
    failures::what_is_not_http_is_no_answer,
    streams::a_body_from_a_source_arrives_whole_each_time,
    streams::a_source_is_opened_once_for_each_exchange,
    streams::a_source_is_read_no_faster_than_it_is_sent,
    streams::a_source_that_fails_leaves_no_request_that_looks_whole,
    streams::a_connection_reset_while_a_source_is_sent_is_unknown,
    streams::a_source_of_another_length_leaves_no_request_that_looks_whole,
    streams::an_answer_that_may_stream_comes_whole,
    streams::an_answer_that_may_stream_and_is_no_success_is_in_memory,
    streams::an_answer_that_may_stream_comes_before_its_end,
    streams::a_streamed_answer_that_is_cut_off_does_not_end_as_if_it_were_whole,
    streams::a_streamed_answer_that_is_dropped_does_not_disturb_the_next,
];

pub(super) async fn run(harness: &dyn Harness) -> Report {
    let mut report = Report::default();
    for (name, check) in CHECKS {
        report.add(name, check(Exam::new(harness)).await);
    }
    report
}
