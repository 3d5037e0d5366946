namespace Rms.Simulator.Content;

/// <summary>Why patients are referred, per listing: one line each, as a referrer would write it.</summary>
internal static class Reasons
{
    private static readonly string[] Cardiology =
    [
        "Exertional chest tightness for six weeks, worse on stairs. Risk factors: hypertension, smoker.",
        "Palpitations with two near-faints this month. ECG here: sinus rhythm, occasional ectopics.",
        "New atrial fibrillation found at a routine visit, rate 96. Apixaban started.",
        "Systolic murmur grade 3 at the left sternal edge, not heard two years ago. Please assess valve.",
        "Heart failure with reduced ejection fraction, now NYHA II to III in spite of triple therapy.",
        "Blood pressure 168/98 on three drugs. Please advise on resistant hypertension.",
        "Family history of sudden death at 38 in a brother. Patient well, wants screening.",
        "Syncope while driving, no warning. Advised not to drive. Holter requested in parallel.",
        "Follow-up after stent in the right coronary artery, moved here from out of province.",
        "Leg swelling and breathlessness on lying flat, BNP raised. Furosemide started.",
        "Bradycardia 44 on no rate-limiting drugs, tired. Please consider pacing.",
        "Pre-operative assessment before hip replacement; angina stable for two years.",
    ];

    private static readonly string[] Imaging =
    [
        "MRI lumbar spine: radicular pain left L5 for ten weeks, weakness of toe extension.",
        "Ultrasound abdomen: right upper quadrant pain after meals, raised ALP.",
        "CT chest with contrast: 9 mm nodule on X-ray, ex-smoker of 35 pack-years.",
        "MRI knee right: locking after a twisting injury at hockey.",
        "Bone mineral density: fracture of the wrist after a fall from standing height.",
        "Echocardiogram: murmur heard at a periodic visit, no symptoms.",
        "CT head without contrast: new headaches in the morning, age 67.",
        "Ultrasound thyroid: palpable nodule on the left, TSH normal.",
        "MRI brain: two episodes of loss of vision in one eye, each for minutes.",
        "X-ray and ultrasound of the shoulder: painful arc, failed eight weeks of physiotherapy.",
        "Mammogram, diagnostic: lump in the left breast at two o'clock, felt by the patient.",
        "CT abdomen and pelvis: weight loss of 8 kg in three months, cause unknown.",
    ];

    private static readonly string[] Physiotherapy =
    [
        "Rotator cuff strain at work four weeks ago. Light duties since.",
        "Six weeks after total knee replacement, flexion 85 degrees.",
        "Chronic low back pain, no red flags. Wants an exercise programme.",
        "Recurrent falls at home, uses a cane. Balance and strength assessment please.",
        "Neck pain and headaches after a rear-end collision; insurer informed.",
        "Ankle sprain grade 2 on the left, still swollen after three weeks.",
        "Pelvic floor weakness after the second delivery.",
        "Stroke eight months ago, right arm. Outpatient programme has ended.",
        "Frozen shoulder, painful phase, sleep disturbed.",
        "Plantar fasciitis of both feet, works standing.",
        "Parkinson's disease, early. Gait and posture.",
        "Tennis elbow for five months; injections not wanted.",
    ];

    private static readonly string[] Test =
    [
        "Connectivity test from the integrator. Please ignore.",
        "Test referral after an upgrade of the source.",
        "Training referral: decline or complete as you like.",
    ];

    public static IReadOnlyList<string> For(Listing listing) =>
        listing.Reference switch
        {
            "demo-cardiology" or "demo-cardiac-rehab" => Cardiology,
            "demo-imaging" => Imaging,
            "demo-physio" => Physiotherapy,
            _ => Test,
        };
}
