# bare_host.sh CHECKOUT PYTHON PACKAGES BROKER: in namespaces of its own, installs on this host's file system seen through
# overlays, so that nothing of it stays. apt-get and systemctl are stand-ins; accounts, rights, files and processes are real.
set -eu
checkout=$1 python=$2 packages=$3 broker=$4
mount -t tmpfs none /mnt
for place in opt etc usr/local root; do
    mkdir -p "/mnt/$place/upper" "/mnt/$place/work"
    mount -t overlay none -o "lowerdir=/$place,upperdir=/mnt/$place/upper,workdir=/mnt/$place/work" "/$place"
done
mount -t tmpfs none /var/lib
chmod 755 /root  # the interpreter may lie below it
ip link set lo up
mkdir -p /opt/calakan/app /opt/pins /mnt/stand-ins
mount --bind "$packages" /opt/pins
"$python" -m venv --without-pip /opt/calakan/app/.venv  # with the pins already: no network is asked
for site in /opt/calakan/app/.venv/lib/python3*/site-packages; do echo /opt/pins > "$site/pins.pth"; done
cksum < "$checkout/requirements.txt" > /opt/calakan/app/.venv/installed-requirements.txt
printf '#!/bin/sh\n' > /mnt/stand-ins/apt-get
cat > /mnt/stand-ins/systemctl << END
#!/bin/sh
case "\$*" in
    'start redis-server') setsid '$broker' --port 6379 --save '' > /dev/null 2>&1 & ;;
    'stop calakan') [ ! -e /mnt/pid ] || { kill "\$(cat /mnt/pid)"; while kill -0 "\$(cat /mnt/pid)" 2> /dev/null; do sleep 0.1; done; } ;;
    'restart calakan')
        [ ! -e /mnt/pid ] || systemctl stop calakan
        set -a; . /etc/calakan/calakan.env; set +a
        cd /opt/calakan/app
        setsid runuser -u calakan --preserve-environment -- .venv/bin/calakan run > /mnt/log 2>&1 &
        echo \$! > /mnt/pid ;;
esac
END
chmod +x /mnt/stand-ins/*
export PATH=/mnt/stand-ins:$PATH
sh "$checkout/deploy/install" --name diklat.example.org --mail smtp://127.0.0.1:9 --sender 'Rumah <a@example.org>' \
    --proxy none || { cat /mnt/log; exit 1; }
calakan people add admin@example.org --name Admin --role admin
mkdir /mnt/next
(cd "$checkout" && cp -a calakan migrations config.py celery_worker.py run pyproject.toml requirements.txt requirements-s3.txt docs deploy \
    CHANGELOG.md LICENSE README.md /mnt/next)
first=$(readlink /opt/calakan/app)

# Another one that cannot live with the data: the first goes on.
echo 'PAGES = (*PAGES, "/nowhere")' >> /mnt/next/calakan/cli/check.py
if calakan upgrade /mnt/next; then exit 1; fi
[ "$(readlink /opt/calakan/app)" = "$first" ]
pgrep -f "opt/calakan/$first/" > /dev/null
calakan doctor
stat -c 'owner %U' /var/lib/calakan/calakan.sqlite3
