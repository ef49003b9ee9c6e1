"""What must hold of every case at any instant, asked of the database alone in plain SQL.

Each question answers with the rows that break it. Cases written in bulk or imported have no audit
row and no notice of their own; everything else holds for them too.
"""

from __future__ import annotations

import json

from django.db import connection

# state → clocks that must run, clocks that may run besides
CLOCKS = {
    "registered": (["intake"], []),
    "not_accepted": ([], []),
    "accepted": (["handle"], []),
    "dispatched": (["handle", "sign"], ["contact", "ruling"]),
    "in_progress": (["handle"], ["contact", "ruling"]),
    "suspended": (["handle", "suspension"], ["contact", "ruling"]),
    "replied": ([], ["contact"]),
    "awaiting_callback": (["callback"], []),
    "evaluated": ([], ["archive"]),
    "archived": ([], []),
    "withdrawn": ([], []),
    "merged": ([], []),
}
QUESTIONS: dict[str, str] = {
    "the version is the number of lines in the history, which count from 1 without a gap": """
        SELECT c.number, c.version, e.versions
        FROM cases_case c
        LEFT JOIN LATERAL (
            SELECT array_agg(version ORDER BY version) AS versions
            FROM cases_caseevent WHERE case_id = c.id
        ) e ON true
        WHERE e.versions IS DISTINCT FROM ARRAY(SELECT generate_series(1, c.version))
    """,
    "each line of the history starts where the one before ended, and the last one where it is": """
        SELECT c.number, e.version, e.from_state, e.before
        FROM (
            SELECT *, coalesce(lag(to_state) OVER (PARTITION BY case_id ORDER BY version), '')
                AS before FROM cases_caseevent
        ) e JOIN cases_case c ON c.id = e.case_id
        WHERE e.from_state <> e.before OR (e.version = c.version AND e.to_state <> c.state)
    """,
    "there is exactly one audit row for each line of the history": """
        SELECT number, verb, lines, rows FROM (
            SELECT c.number, 'cases.' || e.verb AS verb, count(*) AS lines
            FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
            WHERE NOT c.imported AND NOT c.bulk GROUP BY 1, 2
        ) e FULL JOIN (
            SELECT a.object_id AS number, a.verb, count(*) AS rows
            FROM kernel_auditrow a LEFT JOIN cases_case c ON c.number = a.object_id
            WHERE a.object_kind = 'case' AND a.verb IN (
                SELECT 'cases.' || verb FROM cases_caseevent
            ) AND NOT coalesce(c.imported OR c.bulk, false) GROUP BY 1, 2
        ) a USING (number, verb)
        WHERE lines IS DISTINCT FROM rows
    """,
    "every audit row is sealed or waits for the sealer": """
        SELECT a.id FROM kernel_auditrow a
        WHERE NOT EXISTS (SELECT 1 FROM kernel_unsealedrow u WHERE u.row_id = a.id)
          AND NOT EXISTS (
            SELECT 1 FROM kernel_auditseal s, jsonb_array_elements(s.rows) r
            WHERE (r->>0)::bigint = a.id)
    """,
    "there is exactly one notice for each line of the history": """
        SELECT * FROM (
            SELECT c.number, e.version
            FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
            WHERE NOT c.imported AND NOT c.bulk
        ) e FULL JOIN (
            SELECT payload->>'number' AS number, (payload->>'case_version')::int AS version,
                count(*) AS notices
            FROM kernel_notice LEFT JOIN cases_case c ON c.number = payload->>'number'
            WHERE type = 'cases.changed' AND NOT coalesce(c.imported OR c.bulk, false)
            GROUP BY 1, 2
        ) n USING (number, version)
        WHERE notices IS DISTINCT FROM 1
    """,
    "the running clocks fit the state; imported history has none": """
        SELECT c.number, c.state, k.kinds
        FROM cases_case c
        JOIN jsonb_each(%(clocks)s::jsonb) AS t (state, kinds) ON t.state = c.state
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg(kind), '[]') AS kinds
            FROM cases_caseclock WHERE case_id = c.id AND stopped_at IS NULL
        ) k
        WHERE CASE WHEN c.imported THEN k.kinds <> '[]'
              ELSE NOT (k.kinds @> (t.kinds->0)
              AND k.kinds <@ ((t.kinds->0) || (t.kinds->1))) END
    """,
    "a stopped clock has an outcome, a running one has none": """
        SELECT case_id, kind FROM cases_caseclock WHERE (stopped_at IS NULL) <> (outcome = '')
    """,
    "the case is due when its handling clock is": """
        SELECT c.number, c.due_at, k.due_at FROM cases_case c
        JOIN LATERAL (
            SELECT due_at FROM cases_caseclock WHERE case_id = c.id AND kind = 'handle'
            ORDER BY stopped_at DESC NULLS FIRST, id DESC LIMIT 1
        ) k ON true
        WHERE c.due_at IS DISTINCT FROM k.due_at
    """,
    "the scope is the place (or the district), the present handlers, who was called or invited": """
        SELECT c.number, c.scope, s.scope
        FROM cases_case c
        CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT prefix ORDER BY prefix) AS scope
            FROM (
                SELECT path FROM org_unit WHERE id = c.place_id AND NOT c.confidential
                UNION ALL SELECT path FROM org_unit WHERE code = %(district)s
                UNION ALL SELECT u.path FROM cases_caseunit h JOIN org_unit u ON u.id = h.unit_id
                    WHERE h.case_id = c.id AND h.until IS NULL
                UNION ALL SELECT u.path FROM cases_call k
                    JOIN org_unit u ON u.id IN (k.caller_id, k.lead_id)
                        OR k.co @> jsonb_build_array(jsonb_build_object('id', u.id))
                    WHERE k.case_id = c.id AND k.ended_at IS NULL AND NOT c.confidential
                UNION ALL SELECT u.path FROM cases_meeting m
                    JOIN cases_meeting_participants p ON p.meeting_id = m.id
                    JOIN org_unit u ON u.id = p.unit_id
                    WHERE m.case_id = c.id AND m.ended_at IS NULL AND NOT c.confidential
            ) paths
            CROSS JOIN LATERAL (
                SELECT left(path, n) AS prefix FROM generate_series(1, length(path)) n
                WHERE substr(path, n, 1) = '/'
            ) prefixes
        ) s
        WHERE ARRAY(SELECT x::text COLLATE "C" FROM unnest(c.scope) x ORDER BY 1)
           <> ARRAY(SELECT x::text COLLATE "C" FROM unnest(s.scope) x ORDER BY 1)
    """,
    "the lead of the case is its one present lead unit": """
        SELECT c.number, c.lead_id, h.unit_id FROM cases_case c
        LEFT JOIN cases_caseunit h ON h.case_id = c.id AND h.part = 'lead' AND h.until IS NULL
        WHERE c.lead_id IS DISTINCT FROM h.unit_id
    """,
    "every case can be found by its words": "SELECT number FROM cases_case WHERE search IS NULL",
    "the last four are the last four": """
        SELECT number, last_four FROM cases_case WHERE last_four <> right(number, 4)
    """,
    "no series has given a number beyond its last": """
        SELECT c.number, s.last FROM cases_case c
        LEFT JOIN cases_numberseries s ON s.key = substring(c.number FROM '^[0-9]+-[0-9]+-[A-Z]')
        WHERE NOT c.imported AND NOT c.bulk
          AND coalesce(s.last, 0) < substring(c.number FROM '[0-9]+$')::bigint
    """,
    "the mark of an evaluated case is the worst that its appellants gave in this round": """
        SELECT c.number, c.state, c.grade, c.solved, e.said FROM cases_case c
        CROSS JOIN LATERAL (
            SELECT count(*) AS said, min(grade) AS grade, bool_and(solved) AS solved
            FROM cases_evaluation WHERE case_id = c.id AND round = c.round
        ) e
        WHERE NOT c.imported AND c.parent_id IS NULL AND CASE
            WHEN c.state IN ('evaluated', 'archived') THEN c.unreached <> (e.said = 0)
                OR e.grade IS DISTINCT FROM c.grade OR e.solved IS DISTINCT FROM c.solved
            ELSE c.grade IS NOT NULL OR c.solved IS NOT NULL OR c.unreached
                OR (e.said > 0 AND c.state <> 'awaiting_callback') END
    """,
    "every appellant of a case and of those merged into it is heard or was called three times": """
        SELECT c.number, a.id, c.state FROM cases_case c
        JOIN cases_case of ON c.id IN (of.id, of.merged_into_id)
        JOIN cases_appellant a ON a.case_id = of.id
        CROSS JOIN LATERAL (
            SELECT (SELECT count(*) FROM cases_evaluation
                    WHERE case_id = c.id AND round = c.round AND appellant_id = a.id) AS said,
                (SELECT count(*) FROM cases_callback WHERE case_id = c.id AND round = c.round
                    AND appellant_id = a.id AND outcome <> 'reached') AS failed
        ) k
        WHERE NOT c.imported AND c.parent_id IS NULL
          AND (k.said > 1 OR k.failed > 3
               OR c.state IN ('evaluated', 'archived') AND k.said = 0 AND k.failed < 3)
    """,
    "who was called or heard appealed in the case or in one that is merged into it": """
        SELECT k.case_id, k.appellant_id FROM (
            SELECT case_id, appellant_id FROM cases_callback
            UNION ALL SELECT case_id, appellant_id FROM cases_evaluation
        ) k
        LEFT JOIN cases_appellant a ON a.id = k.appellant_id
        LEFT JOIN cases_case of ON of.id = a.case_id
        LEFT JOIN cases_caseevent e ON e.case_id = of.id AND e.verb = 'merge'
        WHERE a.id IS NULL OR k.case_id <> of.id AND e.id IS NULL
    """,
    "a case counts the callbacks of its round": """
        SELECT c.number, c.callbacks_made FROM cases_case c WHERE c.callbacks_made <> (
            SELECT count(*) FROM cases_callback WHERE case_id = c.id AND round = c.round)
    """,
    "a case counts what is merged into it; a merged one has a master that is none itself": """
        SELECT c.number, c.state, c.merged_count FROM cases_case c
        LEFT JOIN cases_case m ON m.id = c.merged_into_id
        WHERE c.merged_count <> (SELECT count(*) FROM cases_case s WHERE s.merged_into_id = c.id)
           OR (c.state = 'merged') <> (c.merged_into_id IS NOT NULL)
           OR m.id = c.id OR m.merged_into_id IS NOT NULL
           OR m.state IN ('registered', 'withdrawn', 'not_accepted')
    """,
    "a whole counts its parts, and is not answered before each of them is": """
        SELECT c.number, c.state, c.parts_made FROM cases_case c
        LEFT JOIN LATERAL (
            SELECT count(*) AS every, count(*) FILTER (WHERE p.state NOT IN
                ('archived', 'withdrawn', 'not_accepted', 'merged')) AS live,
                bool_or(p.parent_id IS NOT NULL AND p.parts_made > 0) AS deeper
            FROM cases_case p WHERE p.parent_id = c.id
        ) p ON true
        WHERE c.parts_made <> p.every OR p.deeper
           OR p.live > 0 AND c.state IN ('replied', 'awaiting_callback', 'evaluated', 'archived')
    """,
    "a part has the appellants of its whole and is about the same unit": """
        SELECT p.number FROM cases_case p JOIN cases_case c ON c.id = p.parent_id
        WHERE p.about_id IS DISTINCT FROM c.about_id OR p.sensitive < c.sensitive
           OR (SELECT array_agg(phone_key ORDER BY id) FROM cases_appellant WHERE case_id = p.id)
              IS DISTINCT FROM
              (SELECT array_agg(phone_key ORDER BY id) FROM cases_appellant WHERE case_id = c.id)
    """,
    "what was handed over has its slip, and nobody below the district sees a discipline report": """
        SELECT c.number, c.refusal, h.number FROM cases_case c
        LEFT JOIN cases_handover h ON h.case_id = c.id
        WHERE (h.id IS NOT NULL) <> starts_with(c.refusal, 'to_')
           OR c.confidential <> (c.refusal = 'to_discipline')
           OR h.track <> c.refusal OR c.confidential AND cardinality(c.scope) <> 2
    """,
    "what is published was approved by a second person, and the case says what is open": """
        SELECT c.number, c.publication, p.states FROM cases_case c
        LEFT JOIN LATERAL (
            SELECT array_agg(state ORDER BY state) FILTER (WHERE state IN ('asked', 'approved'))
                AS states, bool_or(state = 'approved' AND ruled_at IS NULL) AS unruled
            FROM cases_publication WHERE case_id = c.id
        ) p ON true
        WHERE c.publication <> CASE p.states::text WHEN '{asked}' THEN 'asked'
                WHEN '{approved}' THEN 'approved' WHEN '{approved,asked}' THEN 'renewed'
                ELSE '' END
           OR p.unruled OR c.publication <> '' AND (c.sensitive OR c.about_id IS NOT NULL
                OR c.state IN ('registered', 'withdrawn', 'merged', 'not_accepted'))
    """,
    "a case counts its orders of supervision and shows the highest that is open": """
        SELECT c.number, c.supervision, o.level, c.orders_made, o.every FROM cases_case c
        CROSS JOIN LATERAL (
            SELECT coalesce(max(level) FILTER (WHERE closed_at IS NULL), 0) AS level,
                count(*) AS every
            FROM cases_supervisionorder WHERE case_id = c.id
        ) o
        WHERE c.supervision <> o.level OR c.orders_made <> o.every
           OR (c.state IN ('archived', 'withdrawn') AND o.level > 0)
    """,
    "an order that lapsed was raised: it is closed unanswered, and the next one is one higher": """
        SELECT o.id, o.level FROM cases_supervisionorder o
        WHERE o.lapsed_at IS NOT NULL AND (
            o.closed_at IS DISTINCT FROM o.lapsed_at OR o.answered_at IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM cases_supervisionorder n WHERE n.case_id = o.case_id
                AND n.trigger = 'lapsed' AND n.level = o.level + 1 AND n.at = o.lapsed_at))
    """,
    "a condition opened no second order for the same reason in a round": """
        SELECT case_id, trigger, round FROM cases_supervisionorder
        WHERE trigger NOT IN ('hand', 'again', 'lapsed')
        GROUP BY case_id, trigger, round HAVING count(*) > 1
    """,
    "a case counts its calls and meetings, and what went on without it has none open": """
        SELECT c.number, c.calls_made, k.made, c.calls_open, k.open, c.meetings_made, m.made
        FROM cases_case c CROSS JOIN LATERAL (
            SELECT count(*) AS made, count(*) FILTER (WHERE ended_at IS NULL) AS open
            FROM cases_call WHERE case_id = c.id
        ) k CROSS JOIN LATERAL (
            SELECT count(*) AS made FROM cases_meeting WHERE case_id = c.id
        ) m
        WHERE c.calls_made <> k.made OR c.calls_open <> k.open OR c.meetings_made <> m.made
           OR (k.open > 0 AND c.state NOT IN ('in_progress', 'suspended'))
    """,
    "a call has a line of history for each version, and says when it ended": """
        SELECT c.number, c.version, e.versions, c.state FROM cases_call c LEFT JOIN LATERAL (
            SELECT array_agg(version::bigint ORDER BY version) AS versions
            FROM cases_callevent WHERE call_id = c.id
        ) e ON true
        WHERE e.versions IS DISTINCT FROM ARRAY(SELECT generate_series(1::bigint, c.version))
           OR (c.state IN ('open', 'answered')) <> (c.ended_at IS NULL)
           OR (c.state = 'answered' OR c.state = 'done') AND c.answered_at IS NULL
    """,
    "a meeting that was ruled names the duty unit, the entry and a day; one is open at a time": """
        SELECT m.number FROM cases_meeting m
        WHERE (m.state = 'ruled') <> (m.duty_id IS NOT NULL)
           OR (m.state IN ('convened', 'minuted')) <> (m.ended_at IS NULL)
           OR (m.state IN ('minuted', 'ruled') AND m.minutes = '')
    """,
    "a case counts its requests, names the one that is open, and its ruling has a clock": """
        SELECT c.number, c.request, c.requests_made, r.kinds, r.every FROM cases_case c
        LEFT JOIN LATERAL (
            SELECT string_agg(kind, ',') FILTER (WHERE state = 'open') AS kinds, count(*) AS every,
                bool_or(round > c.round) AS ahead
            FROM cases_caserequest WHERE case_id = c.id
        ) r ON true
        WHERE c.request <> coalesce(r.kinds, '') OR c.requests_made <> r.every OR r.ahead
           OR NOT c.imported AND (c.request <> '') <> EXISTS (
                SELECT 1 FROM cases_caseclock WHERE case_id = c.id AND kind = 'ruling'
                AND stopped_at IS NULL)
    """,
    "the papers of a series are numbered 1, 2, 3 …, and it gave no number that no paper has": """
        SELECT p.series, s.last, p.every, p.highest FROM (
            SELECT 'paper-' || regexp_replace(number, '^([^0-9]+[0-9]{4}[^0-9]+)[0-9]+', '\\1')
                AS series, count(*) AS every,
                max(substring(number FROM '^[^0-9]+[0-9]{4}[^0-9]+([0-9]+)')::int) AS highest
            FROM cases_issuedpaper GROUP BY 1
        ) p FULL JOIN (SELECT * FROM cases_numberseries WHERE starts_with(key, 'paper-')) s
            ON s.key = p.series
        WHERE s.last IS DISTINCT FROM p.every OR p.highest IS DISTINCT FROM p.every
    """,
    "a paper that is signed was signed by another person, and one valid paper stands for each": """
        SELECT number FROM cases_issuedpaper
        WHERE signed_at IS NOT NULL AND (signed_by_id = by_id OR NOT to_sign)
        UNION ALL SELECT max(number) FROM cases_issuedpaper WHERE voided_at IS NULL
        GROUP BY case_id, kind, subject HAVING count(*) > 1
    """,
    "a request that is no longer open says when it ended": """
        SELECT id FROM cases_caserequest WHERE (state = 'open') <> (ruled_at IS NULL)
    """,
    "the handling clock stands still while the case is suspended, and only then": """
        SELECT c.number, c.state, c.paused, k.pauses FROM cases_case c
        LEFT JOIN cases_caseclock k ON k.case_id = c.id AND k.kind = 'handle'
            AND k.stopped_at IS NULL
        WHERE c.paused <> (c.state = 'suspended')
           OR NOT c.imported AND c.paused <> coalesce(k.pauses->-1->1 = 'null'::jsonb, false)
    """,
    "nobody asks again to return an order after a ruling on that": """
        SELECT r.case_id, r.unit_id FROM cases_caserequest r JOIN cases_caserequest old
            ON old.case_id = r.case_id AND old.unit_id = r.unit_id AND old.kind = 'return'
            AND old.state IN ('approved', 'rejected') AND old.id < r.id
        WHERE r.kind = 'return'
    """,
    "the times of the main line are in its order": """
        SELECT number FROM cases_case
        WHERE registered_at > accepted_at OR accepted_at > dispatched_at
           OR dispatched_at > signed_at OR reviewed_at > evaluated_at
           OR evaluated_at > ended_at
    """,
}


def broken(district: str = "420106") -> list[str]:
    """Every sentence that does not hold in the present database, with its first rows."""
    faults = []
    with connection.cursor() as cursor:
        for sentence, question in QUESTIONS.items():
            sql = question.strip()
            cursor.execute(
                f"SELECT * FROM ({sql}) AS broken LIMIT 5",
                {"district": district, "clocks": json.dumps(CLOCKS)},
            )
            rows = cursor.fetchall()
            if rows:
                faults.append(f"{sentence}: {rows}")
    return faults
