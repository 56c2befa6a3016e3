-- 1,000,000 × N connections for docs/bench/scale/scale.sh, made by the server: ROWS and TABLE are
-- replaced. About one in eight is an attack; src_bytes has some 30,000 different values, dst_bytes
-- millions.
INSERT INTO TABLE
SELECT
    toDateTime(1700000000 + intDiv(n, 1000)) AS timestamp,
    toUInt32(if(u1 % 10 < 8, 0, exp(u2 % 1000 / 100.))) AS duration,
    ['tcp', 'udp', 'icmp'][if(u1 % 100 < 80, 1, if(u1 % 100 < 95, 2, 3))] AS protocol_type,
    concat('service_', toString(toUInt8(sqrt(u2 % 4900)))) AS service,
    ['SF', 'S0', 'REJ', 'RSTR', 'SH', 'OTH'][if(attack != 'normal' AND u3 % 2 = 0, 2 + u3 % 5, 1)] AS flag,
    toUInt32(if(attack = 'neptune', 0, exp(u3 % 100000 / 9700.))) AS src_bytes,
    toUInt32(if(u1 % 3 = 0, 0, exp(u4 % 10000000 / 640000.))) AS dst_bytes,
    toUInt8(u4 % 100000 = 0) AS land,
    toUInt8(attack = 'normal' AND u2 % 5 < 3) AS logged_in,
    toUInt16(if(attack = 'normal', u3 % 40, 100 + u3 % 411)) AS count,
    toUInt16(if(attack = 'normal', u3 % 40, 1 + u3 % 30)) AS srv_count,
    toFloat32(if(flag = 'S0', 90 + u4 % 11, u4 % 10) / 100.) AS serror_rate,
    toFloat32(if(attack = 'normal', 80 + u4 % 21, u4 % 30) / 100.) AS same_srv_rate,
    toUInt8(u2 % 256) AS dst_host_count,
    attack
FROM
(
    SELECT number AS n, cityHash64(number, 1) AS u1, cityHash64(number, 2) AS u2, cityHash64(number, 3) AS u3, cityHash64(number, 4) AS u4,
        ['neptune', 'satan', 'ipsweep', 'smurf', 'guess_passwd', 'normal'][if(u1 % 1000 < 125, 1 + u2 % 5, 6)] AS attack
    FROM system.numbers
    LIMIT ROWS
)
