"""Every planted bug must be caught: one test for each file in bugs/."""

# What a schedule shows soon: these are looked for in stepped mode, too, and shrunk.  Of locks and
# System V queues `parley selftest` does the rest.
_STEPPED = [
    "child_owns_copies",
    "close_keeps_locks",
    "close_removes_name",
    "deadlock_not_detected",
    "drop_when_full",
    "early_end_of_file",
    "end_of_file_sleeps",
    "failed_upgrade_unlocks",
    "flock_by_fcntl",
    "flock_failed_upgrade_keeps",
    "flock_unlocked_by_other",
    "flock_upgrade_beside",
    "full_gives_zero",
    "late_deadlock_missed",
    "lock_query_finds_nobody",
    "lock_try_sleeps",
    "lock_waiter_not_woken",
    "made_in_current_directory",
    "mq_any_priority",
    "mq_created_twice",
    "mq_drop_message",
    "mq_empty_does_not_wait",
    "mq_limits_ignored",
    "mq_notified_again",
    "mq_receive_again",
    "mq_receiver_not_woken",
    "mq_registration_stays",
    "mq_relative_deadline",
    "mq_short_length",
    "mq_signed_priority",
    "mq_sleeps_past_deadline",
    "mq_small_buffer_taken",
    "mq_umask_ignored",
    "mq_unlink_discards",
    "packet_flag_lost",
    "permission_ignored",
    "poll_promises_room",
    "read_again",
    "read_waits_for_all",
    "reading_end_writes",
    "receiver_not_woken",
    "restart_forgotten",
    "sender_not_woken",
    "shrink_drops_content",
    "splice_copies",
    "swap_mq_sends",
    "swap_pipe_writes",
    "swap_roles_at_zero",
    "sysv_copy_takes",
    "sysv_count_behind",
    "sysv_ipcrm_leaves",
    "sysv_ipcs_truncates",
    "sysv_key_of_path",
    "sysv_limit_ignored",
    "sysv_restarted",
    "sysv_rights_ignored",
    "sysv_size_with_type",
    "sysv_too_big_dropped",
    "two_way_stream",
    "umask_ignored",
    "unlock_drops_rest",
    "withhold_last_page",
    "write_to_nobody",
]

# Those that only stepped mode can tell.
_STEPPED_ONLY = [
    "child_owns_copies",
    "close_keeps_locks",
    "failed_upgrade_unlocks",
    "flock_by_fcntl",
    "flock_failed_upgrade_keeps",
    "flock_unlocked_by_other",
    "flock_upgrade_beside",
    "full_gives_zero",
    "late_deadlock_missed",
    "lock_try_sleeps",
    "made_in_current_directory",
    "mq_any_priority",
    "mq_created_twice",
    "mq_limits_ignored",
    "mq_registration_stays",
    "mq_relative_deadline",
    "mq_sleeps_past_deadline",
    "mq_small_buffer_taken",
    "mq_umask_ignored",
    "mq_unlink_discards",
    "packet_flag_lost",
    "permission_ignored",
    "poll_promises_room",
    "reading_end_writes",
    "restart_forgotten",
    "shrink_drops_content",
    "swap_roles_at_zero",
    "sysv_copy_takes",
    "sysv_count_behind",
    "sysv_ipcrm_leaves",
    "sysv_ipcs_truncates",
    "sysv_key_of_path",
    "sysv_limit_ignored",
    "sysv_restarted",
    "sysv_rights_ignored",
    "sysv_size_with_type",
    "sysv_too_big_dropped",
    "two_way_stream",
    "umask_ignored",
    "unlock_drops_rest",
    "withhold_last_page",
]

# Calls that must be enough to show a bug: six, but where several processes have to come together,
# each of which opens the file for itself.  Without real-time bands their sleepers race, and no two
# searches for a small program are alike.
_CALLS = {
    "deadlock_not_detected": 7,
    "failed_upgrade_unlocks": 9,
    "flock_failed_upgrade_keeps": 9,
    "late_deadlock_missed": 9,
}

def caught_tests():
    """Declares NAME_caught for each bugs/NAME.cc that free mode can tell, and NAME_stepped."""
    for path in native.glob(["bugs/*.cc"]):
        stem = path[len("bugs/"):-len(".cc")]
        if stem in _STEPPED_ONLY:
            continue
        native.sh_test(
            name = stem + "_caught",
            size = "small",
            srcs = ["caught.sh"],
            args = [
                "$(location //src/cli:parley)",
                stem.replace("_", "-"),
            ],
            data = [
                ":libparley_planted.so",
                "//src/cli:parley",
            ],
        )
    for stem in _STEPPED:
        native.sh_test(
            name = stem + "_stepped",
            size = "small",
            srcs = ["stepped.sh"],
            args = [
                "$(location //src/cli:parley)",
                stem.replace("_", "-"),
                str(_CALLS.get(stem, 6)),
            ],
            data = [
                ":libparley_planted.so",
                "//src/cli:parley",
            ],
        )
