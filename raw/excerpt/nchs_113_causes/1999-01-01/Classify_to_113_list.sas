/*This SAS code is a short excerpt, typed by hand, of the code that classifies ICD-9 and ICD-10
underlying cause codes into the list of 113 selected causes of death.  Only five causes are here,
and the lists of causes 78 and 99 are shortened; every line below this comment is a line of the full code.
*/

UC09_113=0;
UC10_113=0;

/*CLASSIFY ICD-9 CODES*/

if cause in ('038' '0380' '0381' '0382' '0383' '0384' '0385' '0386' '0387' '0388' '0389')
then uc09_113=9;

if cause in ('250' '2500' '2501' '2502' '2503' '2504' '2505' '2506' '2507' '2508' '2509')
then uc09_113=43;

if cause in ('401' '4010' '4011' '4012' '4013' '4014' '4015' '4016' '4017' '4018' '4019'
		'403' '4030' '4031' '4032' '4033' '4034' '4035' '4036' '4037' '4038' '4039')
then uc09_113=60;

if cause in ('540' '5400' '5401' '5402' '5403' '5404' '5405' '5406' '5407' '5408' '5409'
		'541' '5410' '5411' '5412' '5413' '5414' '5415' '5416' '5417' '5418' '5419'
	     '543' '5430' '5431' '5432' '5433' '5434' '5435' '5436' '5437' '5438' '5439')
then uc09_113=78;

if cause in ('880' '8800' '8801' '8802' '8803' '8804' '8805' '8806' '8807' '8808' '8809'
	     '885' '8850' '8851' '8852' '8853' '8854' '8855' '8856' '8857' '8858' '8859'
'888' '8880' '8881' '8882' '8883' '8884' '8885' '8886' '8887' '8888' '8889')
then uc09_113=99;


/*CLASSIFY ICD-10 CODES */

if uc10 in ('A40' 'A400' 'A401' 'A402' 'A403' 'A404' 'A405' 'A406' 'A407' 'A408' 'A409'
		'A41' 'A410' 'A411' 'A412' 'A413' 'A414' 'A415' 'A416' 'A417' 'A418' 'A419')
then UC10_113=9;

if uc10 in ('E10' 'E100' 'E101' 'E102' 'E103' 'E104' 'E105' 'E106' 'E107' 'E108' 'E109'
'E11' 'E110' 'E111' 'E112' 'E113' 'E114' 'E115' 'E116' 'E117' 'E118' 'E119'
'E12' 'E120' 'E121' 'E122' 'E123' 'E124' 'E125' 'E126' 'E127' 'E128' 'E129'
'E13' 'E130' 'E131' 'E132' 'E133' 'E134' 'E135' 'E136' 'E137' 'E138' 'E139'
'E14' 'E140' 'E141' 'E142' 'E143' 'E144' 'E145' 'E146' 'E147' 'E148' 'E149')
then UC10_113=43;

if uc10 in ('I10' 'I100' 'I101' 'I102' 'I103' 'I104' 'I105' 'I106' 'I107' 'I108' 'I109'
'I12' 'I120' 'I121' 'I122' 'I123' 'I124' 'I125' 'I126' 'I127' 'I128' 'I129')
then UC10_113=60;

if uc10 in ('K35' 'K350' 'K351' 'K352' 'K353' 'K354' 'K355' 'K356' 'K357' 'K358' 'K359'
'K37' 'K370' 'K371' 'K372' 'K373' 'K374' 'K375' 'K376' 'K377' 'K378' 'K379'
'K38' 'K380' 'K381' 'K382' 'K383' 'K384' 'K385' 'K386' 'K387' 'K388' 'K389')
then UC10_113=78;

if uc10 in ('W00' 'W000' 'W001' 'W002' 'W003' 'W004' 'W005' 'W006' 'W007' 'W008' 'W009'
'W01' 'W010' 'W011' 'W012' 'W013' 'W014' 'W015' 'W016' 'W017' 'W018' 'W019'
'W18' 'W180' 'W181' 'W182' 'W183' 'W184' 'W185' 'W186' 'W187' 'W188' 'W189'
'W19' 'W190' 'W191' 'W192' 'W193' 'W194' 'W195' 'W196' 'W197' 'W198' 'W199')
then UC10_113=99;
RUN;

/*The following format may be applied to values of UC09_113 and UC10_113 */

proc format;
       value lista
9=	'Septicemia'				
43=	'Diabetes mellitus'				
48.2=	'Major cardiovascular diseases'				
60=	'	Essential (primary) hypertension and hypertensive renal disease'			
78=	'Diseases of appendix'				
95.2=	'Accidents (unintentional injuries)'			
98.5=	'	Nontransport accidents'			
99=	'		Falls'		
113=	'Complications of medical and surgical care';

RUN;
