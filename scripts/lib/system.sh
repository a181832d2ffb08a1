# shellcheck shell=bash
# What the machine must have: Debian packages (only what is missing), and Odoo
# itself, which Debian has in its unstable suite and which is unpacked, not
# installed.

CHROMIUM_NAMES=(google-chrome chromium chromium-browser google-chrome-stable)
ODOO_DIR=$HOME_DIR/odoo

is_debian() { have apt-get && have dpkg-query; }
has_package() { [[ $(dpkg-query -W -f='${Status}' "$1" 2>/dev/null) == *" installed" ]]; }

has_chromium() {
    local name
    for name in "${CHROMIUM_NAMES[@]}"; do have "$name" && return 0; done
    return 1
}

# Which Debian packages are missing, for the things wanted (run, test).
missing_packages() {
    local package
    pick_python >/dev/null || echo python3-venv
    own_server || [[ $(pg_bin) ]] || echo postgresql
    have psql && have createdb || echo postgresql-client
    for package in ca-certificates libxrender1 libxext6 libfontconfig1 fonts-dejavu-core; do
        has_package "$package" || echo "$package"
    done
    [[ $1 != test ]] || has_chromium || echo chromium
}

as_root() {
    if am_root; then "$@"; else sudo "$@"; fi
}

can_be_root() {
    am_root && return
    have sudo || return 1
    # A password may be asked for only where somebody can type it.
    if [[ -t 0 && -t 2 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Old package lists name versions that the mirror no longer has: refresh them
# only then, it is slow.
install_or_refresh() {
    apt_install "$@" && return
    as_root apt-get update
    apt_install "$@"
}

# Debian's postgresql makes and starts a cluster of its own when it is installed.
# We do not use that one: ask for none, unless the machine has its own opinion.
POSTGRES_POLICY=/etc/postgresql-common/createcluster.d/dive_crm.conf
without_default_cluster() {
    local status=0
    if [[ ! -e /etc/postgresql-common ]]; then
        as_root mkdir -p "${POSTGRES_POLICY%/*}"
        printf 'create_main_cluster = false\n' | as_root tee "$POSTGRES_POLICY" >/dev/null
    fi
    "$@" || status=$?
    as_root rm -f "$POSTGRES_POLICY"
    return "$status"
}

# refuse PACKAGE: it is of no use to install it (again): say what is wanted.
refuse() {
    case $1 in
        python3-venv) die "no Python 3.11 to 3.13 with venv here: install one, or point PYTHON at it" ;;
        postgresql) die "no PostgreSQL $PG_OLDEST or newer here: install one, or set PGHOST and PGUSER to a server of yours" ;;
        postgresql-client) die "no psql and createdb here: install PostgreSQL's client programs" ;;
        chromium) die "no Chromium here, and the browser tests need it: install it" ;;
    esac
}

install_packages() {
    local missing package
    mapfile -t missing < <(missing_packages "$1")
    ((${#missing[@]})) || return 0
    for package in "${missing[@]}"; do
        if ! is_debian || has_package "$package"; then refuse "$package"; fi
    done
    is_debian || return 0
    can_be_root || die "these packages are missing and this user cannot install them: as root, apt-get install ${missing[*]}"
    need_space 1000
    must_step "Installing Debian packages: ${missing[*]}" apt-install \
        without_default_cluster install_or_refresh "${missing[@]}"
    mapfile -t missing < <(missing_packages "$1")
    for package in "${missing[@]}"; do refuse "$package"; done
}

# The machine's own Debian mirror: no address of one is written anywhere here.
debian_mirror() {
    # shellcheck disable=SC2016 # $(…) is for apt
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 2>/dev/null \
        | awk '$1 ~ /security/ || $2 ~ /[-\/]/ || $3 != "main" { next }
               $1 ~ /\/debian\/?$/ { print $1; found = 1; exit }
               !other { other = $1 }
               END { if (!found) print other }'
}

debian_keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        [[ ! -r $file ]] || { echo "$file"; return; }
    done
}

# Packages of Odoo and of what its files link to. Debian 12 still has the two
# fonts in the form that Odoo's links expect.
ODOO_PACKAGES=(
    odoo-19/sid libjs-jquery/sid libjs-jquery-form/sid libjs-underscore/sid
    fonts-roboto-unhinted/sid fonts-montserrat/sid fonts-ocr-b/sid
    fonts-font-awesome/bookworm fonts-inconsolata/bookworm
)

# apt with lists and folders of our own: nothing on the machine changes.
write_apt_config() {
    local dir=$1 mirror=$2 keyring=$3
    rm -rf "$dir"
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/debs"
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" sid "$keyring" "$mirror" bookworm >"$dir/sources.list"
    cat >"$dir/apt.conf" <<CONF
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$dir/lists";
Dir::Cache "$dir/cache";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
CONF
}

fetch_odoo() {
    local dir=$HOME_DIR/apt root=$HOME_DIR/odoo.new deb
    # `apt-get update` says 0 when a mirror does not answer and only warns.
    apt-get -c "$dir/apt.conf" -o APT::Update::Error-Mode=any update
    cd "$dir/debs" || exit
    apt-get -c "$dir/apt.conf" download "${ODOO_PACKAGES[@]}"
    rm -rf "$root"
    mkdir "$root"
    for deb in "$dir"/debs/*.deb; do dpkg -x "$deb" "$root"; done
}

odoo_is_whole() {
    [[ -x $1/usr/bin/odoo ]] || return 1
    grep -q 'version_info = (19, 0' "$1/usr/lib/python3/dist-packages/odoo/release.py" || return 1
    # a link that leads nowhere is a missing font or script
    [[ -z $(find "$1/usr/lib/python3" -xtype l -print -quit) ]]
}

provide_odoo() {
    local hash mirror keyring
    [[ -z ${ODOO_BIN:-} ]] || { check_own_odoo; return 0; }
    hash=$(printf '%s\n' "${ODOO_PACKAGES[@]}" | hash_of)
    if done_before odoo "$hash" && [[ -x $ODOO_DIR/usr/bin/odoo ]]; then return 0; fi
    is_debian || die "this is not Debian: set ODOO_BIN to an Odoo 19 of your own"
    mirror=$(debian_mirror)
    [[ $mirror ]] || die "apt has no Debian mirror in its sources: add one, or set ODOO_BIN to an Odoo 19 of your own"
    keyring=$(debian_keyring)
    [[ $keyring ]] || die "Debian's archive keys are missing: apt-get install debian-archive-keyring, or set ODOO_BIN"
    need_space 1500
    write_apt_config "$HOME_DIR/apt" "$mirror" "$keyring"
    aside odoo unpack_odoo "$hash"
}

unpack_odoo() {
    STEP_WATCH=$HOME_DIR/apt must_step "Downloading Odoo 19.0 from Debian's unstable suite (about 140 MB)" odoo fetch_odoo
    odoo_is_whole "$HOME_DIR/odoo.new" \
        || die "Debian's packages no longer make a whole Odoo 19.0: set ODOO_BIN to one of your own"
    rm -rf "$ODOO_DIR"
    mv "$HOME_DIR/odoo.new" "$ODOO_DIR"
    rm -rf "$HOME_DIR/apt"
    mark_done odoo "$1"
}

check_own_odoo() {
    [[ -f $ODOO_BIN && -x $ODOO_BIN ]] || die "ODOO_BIN=$ODOO_BIN is not a program: point it at odoo-bin of an Odoo 19, or unset it"
    local version
    version=$("$ODOO_BIN" --version 2>&1 | tail -n 1) || true
    [[ $version == *" 19."* || $version == *"saas~19"* ]] \
        || die "ODOO_BIN=$ODOO_BIN is not an Odoo 19 that runs (it says: ${version:0:80}): point it at one, or unset it"
}
