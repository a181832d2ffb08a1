from . import data_security
from . import emergency
from . import portal_certification
from . import portal_medical
from . import portal_physician
from . import physician_link
from . import sealed_file
from . import offer
