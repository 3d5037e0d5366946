-- What a listing asks of the referrals that are sent to it, and who stands behind a connection.

alter table directory.listing
    add self_referral_message_en  text,
    add self_referral_message_fr  text,
    add form_mapping              jsonb not null default '{}',
    add completeness              jsonb not null default '[]';

alter table directory.listing drop constraint listing_self_referral_check;
alter table directory.listing
    add constraint listing_self_referral_check check (self_referral in ('like-any', 'hold', 'decline')),
    -- a patient is never declined without a word
    add constraint listing_self_referral_message_check check (
        self_referral <> 'decline' or coalesce(self_referral_message_en, self_referral_message_fr) is not null
    ),
    add constraint listing_form_mapping_check check (
        jsonb_typeof(form_mapping) = 'object'
        and not jsonb_path_exists(form_mapping, '$.* ? (@.type() != "string")')
    ),
    add constraint listing_completeness_check check (
        jsonb_typeof(completeness) = 'array'
        and not jsonb_path_exists(
            completeness,
            '$[*] ? (
                @.type() != "object"
                || !(exists(@.kind ? (@ == "field" || @ == "answer" || @ == "attachment" || @ == "observation")))
                || !(exists(@.key ? (@ like_regex "[^ ]")))
                || exists(@.within_days ? (@.type() != "number" || @ <= 0))
                || exists(@.label_en ? (@.type() != "string"))
                || exists(@.label_fr ? (@.type() != "string"))
            )'
        )
    );
comment on column directory.listing.self_referral_message_en is 'What a patient is told whose self-referral is declined';
comment on column directory.listing.form_mapping is 'By a question''s linkId, the field of ours that its answer fills: {"preferredLanguage": "patient.language"}';
comment on column directory.listing.completeness is 'What a referral must have: [{"kind": "attachment", "key": "ECG", "label_en": "ECG", "label_fr": "ECG", "within_days": 183}]';

alter table directory.connection add requester_name text;
comment on column directory.connection.requester_name is 'Who its referrals come from when a message names nobody';
