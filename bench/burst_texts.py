"""What vendors write in a burst: texts of our own, of 200 to 400 characters."""

TEXTS = (
    "We won our first contract and want to be paid for the work of last spring. In the new "
    "system, the Ivalua one, our account got stuck, and the comptroller's office told us on the "
    "phone to fill in the old Vendex forms instead. Which one is it? Our number is {number}.",
    "invoice {number} from march still not paid. dycd says ask mocs, mocs says ask the agency, "
    "the agency says it is in fms and they cannot see it. we are nine people and payroll is "
    "friday. who do we call. this has been going on for six weeks now and nobody answers mail",
    "Good morning. Our bank changed and we do not want the checks to go to the old account. "
    "Somebody at PASSPort support sent us to the Payee Information Portal for the direct "
    "deposit, then PIP said that EFT is with the Department of Finance. Reference {number}. "
    "Is that right? Thank you very much for your help, Ann, bookkeeper.",
    "I cannot log in to PASSPort any more since I have a new phone. The code never arrives, and "
    "the reset link says that my account {number} is locked. We have a deadline on Thursday for "
    "a responsibility questionnaire, so please tell me who can unlock it.",
    "How do we renew our M/WBE certificate? The letter has no address on it. SBS online says "
    "the application {number} is closed, and the lady at 311 directed us to the borough "
    "president. We have been certified since the beginning and never had this before.",
    "hello i am register company for cleaning, they told me first do passport then told me do "
    "vendex again, now person at dcas say go to city record online. i not understand where i "
    "must make registration, please explain what is first step. my application {number}",
    "Subject: Prequalification HHS Accelerator. We were transferred from the help line of MOCS "
    "to DSS and from DSS back to MOCS about document vault {number}. Both say that the other "
    "one approves it. Attached is the mail in which the program officer advised us to upload "
    "everything again in the old Accelerator, which no longer opens.",
    "Our subcontractor approval has been waiting for two months. The project manager instructed "
    "us to enter subcontractor {number} in PASSPort, the system has no such button, and the "
    "agency's chief contracting officer said to send paper forms to the comptroller.",
    "The bid {number} that was announced in the City Record closed a day early in PASSPort. We "
    "uploaded everything in time and got no receipt. Please tell us whom to ask before the "
    "award is made. Their contact did not pick up, and the voice box is full.",
    "so i called them three times and every time they said to call the other office and the "
    "other office said no you have to go back to passport and passport said it is the "
    "comptroller um who does the registration of the contract and he said {number} is not in "
    "his list so i have no idea what to do anymore",
    "Please change the address of our company, we moved in May. EIN ends with 42, vendor "
    "{number}. In PASSPort the new address is shown, but the remittance address on checks is "
    "still the old one, and FISA told us that they do not take changes by phone.",
    "Somebody called about our application {number} last week and we missed it. Who was that? "
    "We would like to call back, the number was withheld. It may have been about insurance "
    "papers or about the site visit, since we are waiting for both of them.",
)
