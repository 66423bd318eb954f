"""Every planted bug must be caught: one test for each file in bugs/."""

# What a schedule shows soon: these are looked for in stepped mode, too, and shrunk.
_STEPPED = [
    "child_owns_copies",
    "close_keeps_locks",
    "close_removes_name",
    "deadlock_not_detected",
    "deadlock_where_none",
    "drop_when_full",
    "early_end_of_file",
    "end_of_file_sleeps",
    "failed_upgrade_unlocks",
    "flock_by_fcntl",
    "flock_by_process",
    "flock_finds_deadlock",
    "flock_released_by_copy",
    "flock_unlocked_by_other",
    "flock_upgrade_beside",
    "full_gives_zero",
    "late_deadlock_missed",
    "lock_by_page",
    "lock_last_byte_free",
    "lock_waiter_not_woken",
    "locks_outlive_owner",
    "made_in_current_directory",
    "mq_any_priority",
    "mq_created_twice",
    "mq_drop_message",
    "mq_empty_does_not_wait",
    "mq_receive_again",
    "mq_receiver_not_woken",
    "mq_relative_deadline",
    "mq_short_length",
    "mq_signed_priority",
    "mq_sleeps_past_deadline",
    "mq_small_buffer_taken",
    "mq_unlink_discards",
    "ofd_by_process",
    "ofd_finds_deadlock",
    "ofd_released_by_any_close",
    "packet_flag_lost",
    "permission_ignored",
    "poll_promises_room",
    "read_again",
    "read_waits_for_all",
    "reading_end_writes",
    "receiver_not_woken",
    "restart_forgotten",
    "ring_not_detected",
    "sender_not_woken",
    "shared_flock_alone",
    "shared_lock_not_taken",
    "shrink_drops_content",
    "splice_copies",
    "swap_mq_sends",
    "swap_pipe_writes",
    "swap_roles_at_zero",
    "umask_ignored",
    "unlock_drops_rest",
    "upgrade_not_detected",
    "victim_keeps_locks",
    "victim_loses_locks",
    "withhold_last_page",
    "write_to_nobody",
]

# Those that only stepped mode can tell.
_STEPPED_ONLY = [
    "child_owns_copies",
    "close_keeps_locks",
    "failed_upgrade_unlocks",
    "flock_by_fcntl",
    "flock_unlocked_by_other",
    "flock_upgrade_beside",
    "full_gives_zero",
    "late_deadlock_missed",
    "made_in_current_directory",
    "mq_any_priority",
    "mq_created_twice",
    "mq_relative_deadline",
    "mq_sleeps_past_deadline",
    "mq_small_buffer_taken",
    "mq_unlink_discards",
    "packet_flag_lost",
    "permission_ignored",
    "poll_promises_room",
    "reading_end_writes",
    "restart_forgotten",
    "shrink_drops_content",
    "swap_roles_at_zero",
    "umask_ignored",
    "unlock_drops_rest",
    "withhold_last_page",
]

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
            ],
            data = [
                ":libparley_planted.so",
                "//src/cli:parley",
            ],
        )
