package demo

// app is an application people sign in to.
type app struct {
	name, id string
	resource string // what it gives access to
}

// apps everybody uses, most used first: the choice follows Zipf's law.
var apps = []*app{
	{"Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Graph"},
	{"Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"},
	{"OfficeHome", "4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"},
	{"Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"},
	{"Microsoft Office", "d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Graph"},
	{"Ticket Desk", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e01", "Ticket Desk"},
	{"Time Sheets", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e02", "Time Sheets"},
	{"Travel Booking", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e03", "Travel Booking"},
	{"Customer Register", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e04", "Customer Register"},
	{"Parts Catalogue", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e05", "Parts Catalogue"},
	{"Learning Space", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e06", "Learning Space"},
	{"Invoice Flow", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e07", "Invoice Flow"},
	{"Drawing Store", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e08", "Drawing Store"},
	{"Room Booking", "6b3f0a52-1d0e-4c5f-9a65-0c1b7a3f2e09", "Room Booking"},
}

// Applications that only some people, or only the planted stories, use.
var (
	teams       = apps[0]
	exchange    = apps[1]
	officeHome  = apps[2]
	sharePoint  = apps[3]
	azurePortal = &app{"Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Windows Azure Service Management API"}
	adminCenter = &app{"Microsoft 365 Admin Portal", "00000006-0000-0ff1-ce00-000000000000", "Microsoft Graph"}
	azureCLI    = &app{"Microsoft Azure CLI", "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Windows Azure Service Management API"}
	graphCLI    = &app{"Microsoft Graph Command Line Tools", "14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph"}
	broker      = &app{"Microsoft Authentication Broker", "29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Graph"}
)

// descriptions say what a result code means, as the log's ResultDescription does.
var descriptions = map[string]string{
	"50020":  "User account from an external identity provider does not exist in the tenant and cannot access the application.",
	"50034":  "The user account does not exist in the directory.",
	"50053":  "The account is locked after too many attempts with a wrong user name or password.",
	"50055":  "The password is expired.",
	"50057":  "The user account is disabled.",
	"50074":  "Strong authentication is required.",
	"50076":  "Multi-factor authentication is required to access the resource.",
	"50105":  "The signed in user is not assigned to a role for the application.",
	"50126":  "Invalid username or password.",
	"50140":  "The user was asked whether to stay signed in.",
	"500121": "Authentication failed during the strong authentication request.",
	"53000":  "The device is not compliant.",
	"53003":  "Access has been blocked by Conditional Access policies.",
}

// interrupted are results that a user sees as a further step, not as a failure.
var interrupted = map[string]bool{"50074": true, "50076": true, "50140": true}

// device is what somebody signs in with.
type device struct {
	os, browser, agent string
	json               string // the deviceDetail object
}

// kinds of devices: system, browser, user agent.
var (
	windowsEdge   = [3]string{"Windows10", "Edge 144.0.3719", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36 Edg/144.0.0.0"}
	windowsChrome = [3]string{"Windows10", "Chrome 144.0.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36"}
	macSafari     = [3]string{"MacOs", "Safari 18.3", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15"}
	linuxFirefox  = [3]string{"Linux", "Firefox 147.0", "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0"}
	iosMobile     = [3]string{"Ios 18.3", "Mobile Safari", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"}
	androidChrome = [3]string{"Android 15", "Chrome Mobile 144.0", "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Mobile Safari/537.36"}
	script        = [3]string{"", "Python Requests 2.32", "python-requests/2.32.3"}
	scanner       = [3]string{"", "", "OfficeScan/4.1"}
)

// newDevice is a device; without an id the directory does not know it.
func newDevice(kind [3]string, id, name, trust string) *device {
	known := "false"
	if trust != "" && trust != "Azure AD registered" {
		known = "true"
	}
	return &device{os: kind[0], browser: kind[1], agent: kind[2],
		json: `{"deviceId":"` + id + `","displayName":"` + name + `","operatingSystem":"` + kind[0] + `","browser":"` + kind[1] +
			`","isCompliant":` + known + `,"isManaged":` + known + `,"trustType":"` + trust + `"}`}
}

// firstNames and lastNames make the people.
var firstNames = []string{
	"Ada", "Aksel", "Alma", "Amir", "Anders", "Anja", "Ariel", "Astrid", "Bela", "Birgit", "Bruno", "Carla", "Cem", "Clara",
	"Dalia", "Daniel", "Edda", "Eino", "Elif", "Emil", "Esther", "Fabian", "Farah", "Finn", "Frida", "Gesa", "Goran", "Greta",
	"Hannes", "Hilde", "Ida", "Ilse", "Ines", "Ivar", "Jana", "Jonas", "Jun", "Kaia", "Karim", "Kira", "Lars", "Lea", "Lin",
	"Magnus", "Maren", "Mei", "Mika", "Nadia", "Nils", "Nora", "Olav", "Omar", "Petra", "Quentin", "Rana", "Rolf", "Sana",
	"Selma", "Soren", "Tariq", "Thea", "Tomas", "Uma", "Vera", "Wei", "Yara", "Zora",
}

var lastNames = []string{
	"Abel", "Ahlberg", "Arnesen", "Bakke", "Bauer", "Berglund", "Brandt", "Carver", "Chua", "Dahl", "Decker", "Eide", "Ekwall",
	"Falk", "Fischer", "Foss", "Gerber", "Goh", "Grant", "Haas", "Hagen", "Hartley", "Holm", "Iversen", "Jansen", "Kaur", "Keller",
	"Kolstad", "Krane", "Lam", "Lange", "Lindqvist", "Lowe", "Mercer", "Moen", "Mohr", "Nair", "Neumann", "Nygaard", "Ong",
	"Oswald", "Pfeiffer", "Porter", "Quist", "Rahman", "Reed", "Ritter", "Sand", "Seidel", "Sethi", "Stein", "Strand", "Tan",
	"Teller", "Thorne", "Ulrich", "Vang", "Vogel", "Wahl", "Weiss", "Yeo", "Zander",
}
