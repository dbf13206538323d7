/* One world of one deal, draw by draw, as the engine computes it: the bar for its speed, and nothing else.
 *
 * Names of inputs, shocks, lines and rows of results come as #defines from c_step.py. Draws are taken W at a time, so
 * that every array below stays in the second-level cache, and each inner loop runs over draws, for the compiler's vectors.
 */
#include <math.h>
#include <string.h>

#define W 256
#define FOR for (int i = 0; i < W; i++)
#define SIMD _Pragma("omp simd")
#define NEVER 10000
#define HOURS 2190.0
enum { PRIVATE, FILED, ANNOUNCED, LISTED, WITHDRAWN, SOLD, RETRYING };

typedef double row[W];
typedef int irow[W];

typedef struct {
    int quarters, draws, levels;
    const double *p;          /* numbers that are the same in every draw */
    const double *q;          /* (name, quarter) */
    const double *in;         /* (name, draw) */
    const double **luck;      /* (name)(quarter, draw) */
    const double *table;      /* G (growth, level) of the load curve */
    const double *fleet;      /* (name)(Q+1, Q+1) counts by quarters paid, two lots */
    double *lines;            /* (line, Q+1) sums */
    double *rows;             /* (row, Q+1, draw) */
    double *figures;          /* (figure, draw) */
} world;

/* NUMBERS, BY_QUARTER, BY_DRAW and SHOCKS declare p_..., q_..., i_... and l_... from these. */
#define NUMBER(name) const double p_##name = w->p[P_##name];
#define QUARTER(name) const double q_##name = w->q[Q_##name * w->quarters + t];
#define DRAW(name) const double *restrict i_##name = w->in + (long)I_##name * w->draws + at;
#define SHOCK(name) const double *restrict l_##name = w->luck[L_##name] + (long)t * w->draws + at;
#define LINE(name, r) (w->lines[N_##name * (w->quarters + 1) + (r)])
#define OUT(name, r) (w->rows + ((long)R_##name * (w->quarters + 1) + (r)) * w->draws + at)
#define FLEET(name, r) (w->fleet + ((long)F_##name * (w->quarters + 1) + (r)) * (w->quarters + 1))

static inline double lo(double a, double b) { return a < b ? a : b; }
static inline double hi(double a, double b) { return a > b ? a : b; }

static double sum(const double *x) {
    double s = 0;
    SIMD
    FOR s += x[i];
    return s;
}

/* Share of the tokens that a capacity can serve. */
static inline void served(const double *restrict g, double step, int levels, const double *restrict capacity,
                          const double *restrict over, double training, const int *restrict first,
                          const double *restrict down, double *restrict share) {
    double moving = hi(1.0 - training, 1e-12);
    SIMD
    FOR {
        double level = (capacity[i] / over[i] - training) / moving;
        double across = lo(hi(level / step, 0.0), levels - 1.0);
        int column = (int)across;
        column = column < levels - 2 ? column : levels - 2;
        int corner = first[i] + column;
        double left = g[corner], right = g[corner + 1];
        left += (g[corner + levels] - left) * down[i];
        right += (g[corner + levels + 1] - right) * down[i];
        double value = left + (right - left) * (across - column);
        share[i] = lo(value, lo(level, 1.0)) * (1.0 - training) + training;
    }
}

static void tile(world *w, int at) {
    static row index[128], value_rows[128], contract[128], capex[128], equity[128], exits[128], early[128], hours_out[2];
    static row level, index_log, tokens, idx, price, revenue, net, log_multiple, cash, all, premium, held_paid, held_more;
    static row sold, demand, elsewhere, over, down, share, share2, reached, general, alternative, ported, used[2];
    static row od, burst, other, spent_year, net_before, paid_year, due_year, carried, credit, later, value, temp;
    static irow first, state, age, due, alive, through, filed_once, stone_once, n, regime;
    int Qn = w->quarters;
    NUMBERS BY_DRAW
    double bought = 0;
    FOR {
        level[i] = index_log[i] = sold[i] = held_more[i] = 0;
        spent_year[i] = net_before[i] = paid_year[i] = due_year[i] = carried[i] = credit[i] = 0;
        premium[i] = all[i] = 1;
        state[i] = FILED, age[i] = -1, due[i] = NEVER, alive[i] = 1;
        through[i] = filed_once[i] = stone_once[i] = n[i] = 0;
        regime[i] = (int)p_regime_now;
        cash[i] = i_opening_cash[i] + p_paid_usd;
        held_paid[i] = p_paid_usd / p_paid_price;
        double rate = hi(i_tokens_per_day[i] * 1e12 * 365.0 / 1e6 * i_paid_price[i], 1.0);
        log_multiple[i] = log(hi(p_opening_value - (i_opening_cash[i] + p_paid_usd) + p_debt, 1.0) / rate);
        equity[0][i] = p_paid_usd;
        contract[0][i] = capex[0][i] = exits[0][i] = early[0][i] = 0;
        OUT(lab_revenue, 0)[i] = rate, OUT(lab_cash, 0)[i] = i_opening_cash[i], OUT(lab_value, 0)[i] = p_opening_value;
        bought += p_paid_usd;
    }
    LINE(paid_without, 0) += bought;
    for (int t = 0; t < Qn; t++) {
        BY_QUARTER SHOCKS
        double years = (t + 0.5) * 0.25, training = q_training, place = q_share;
        /* the market */
        SIMD
        FOR {
            double f = l_factor[i];
            double mix = p_demand_loading * f + p_demand_rest * l_demand_own[i];
            double size = p_jump_mean + p_jump_sd * l_jump_size[i];
            double jump = l_jump_uniform[i] < p_jump_chance ? size : 0.0;
            double now = i_growth_now[i], slow = i_growth_slow[i], mature = p_growth_mature;
            double mu = slow + (now - slow) * q_slowing;
            mu = mature + (mu - mature) * q_saturating;
            double g = mix * i_demand_vol[i] * 0.5 + jump + mu * 0.25 - p_compensation;
            double mean = fabs(g) < 1e-9 ? 1.0 : (exp(g) - 1.0) / g;
            tokens[i] = exp(level[i]) * i_tokens_per_day[i] * 1e12 / 24.0 * mean;
            level[i] += g;
            double place_d = lo(hi((g + 2.0) / 0.05, 0.0), 80.0);
            int r = (int)place_d;
            r = r < 79 ? r : 79;
            first[i] = r * w->levels, down[i] = place_d - r;
            price[i] = i_paid_price[i] * exp(i_log_price_change[i] * years);
            index_log[i] += (p_index_loading * f + p_index_rest * l_index_own[i]) * p_index_vol * 0.5
                            - p_index_vol * p_index_vol * 0.125;
            idx[i] = exp(index_log[i] + i_log_index_change[i] * years);
            index[t][i] = idx[i];
        }
        SIMD
        FOR {
            double u = l_regime[i], stay = p_stay, fresh = lo(hi((u - stay) / hi(1.0 - stay, 1e-12), 0.0), 1.0);
            int drawn = fresh < p_cold ? 0 : fresh < p_cold + p_hot ? 2 : 1;
            regime[i] = u < stay ? regime[i] : drawn;
            double target = i_log_mature[i] + p_regime_log * (regime[i] - 1);
            double shock = p_value_loading * l_factor[i] + p_value_rest * l_value_own[i];
            double size = p_value_jump_sd * l_value_jump_size[i];
            double jump = l_value_jump[i] < p_value_jump_chance ? size : 0.0;
            log_multiple[i] += p_pull * (target - log_multiple[i]) + i_value_vol[i] * 0.5 * shock + jump;
        }
        /* the stack */
        SIMD
        FOR {
            double gain = exp(i_log_gain[i] * years), need = tokens[i] / (1.0 - training);
            double s = i_share_start[i] + (p_share_end - i_share_start[i]) * place;
            demand[i] = need * s, elsewhere[i] = need * (1.0 - s);
            over[i] = demand[i] > 0.0 ? demand[i] : 1.0;
            ported[i] = p_ported_start + (i_ported_end[i] - p_ported_start) * q_ported;
            double rate0 = i_rate_gpu[i] * gain, rate1 = i_rate_asic[i] * gain;
            general[i] = q_plan_old * i_built_old[i] * p_availability * rate0;
            later[i] = q_plan_new * i_built_new[i] * p_availability * rate1;
            temp[i] = general[i] + later[i];
            used[0][i] = 1.0 / rate0, used[1][i] = 1.0 / rate1;
            alternative[i] = reached[i] = 0.0;
        }
        row bands[5];
        for (int band = 0; band < 5; band++) {
            int binding = 0;
            SIMD
            FOR {
                if (band == 1) alternative[i] = later[i];
                if (band == 2) general[i] += temp[i] * p_on_demand_limit;
                if (band == 3) general[i] += temp[i] * p_burst_limit;
                if (band == 4) general[i] += elsewhere[i] * p_other_spare;
                hours_out[0][i] = general[i] + alternative[i];
            }
            SIMD
            FOR binding |= alternative[i] * (1.0 - ported[i]) > general[i] * ported[i];
            served(w->table, p_level_step, w->levels, hours_out[0], over, training, first, down, share);
            if (binding) {
                row low, high;
                SIMD
                FOR hours_out[0][i] = general[i] / hi(1.0 - ported[i], 1e-12);
                served(w->table, p_level_step, w->levels, hours_out[0], over, training, first, down, low);
                SIMD
                FOR hours_out[0][i] = alternative[i] / hi(ported[i], 1e-12);
                served(w->table, p_level_step, w->levels, hours_out[0], over, training, first, down, high);
                SIMD
                FOR {
                    double apart = (1.0 - ported[i]) * low[i] + ported[i] * high[i];
                    int binds = alternative[i] * (1.0 - ported[i]) > general[i] * ported[i];
                    share[i] = binds ? apart : share[i];
                }
            }
            SIMD
            FOR {
                double up = lo(hi(demand[i] * share[i], reached[i]), demand[i]);
                bands[band][i] = up - reached[i];
                reached[i] = up;
            }
        }
        /* the bills */
        double old = t < (int)p_old_quarters, new = t < (int)p_new_quarters;
        int year_ends = t < (int)p_new_quarters && (t % 4 == 3 || t == (int)p_new_quarters - 1), last_year = t == (int)p_new_quarters - 1;
        row billed0, billed1, short1, cost, port;
        SIMD
        FOR {
            double outside = used[0][i] * HOURS, index_now = idx[i];
            double reference = i_reference_new[i];
            double step = reference * (1.0 - i_discount_new[i]) * exp(i_log_step_down[i] * (t / 4));
            double p1 = hi(lo(step, (1.0 + p_index_gap) * reference * index_now), p_floor);
            billed0[i] = old * (bands[0][i] * used[0][i] * HOURS * p_price_old);
            double gross = new * (bands[1][i] * used[1][i] * HOURS * p1);
            double so_far = spent_year[i] + gross;
            double after = so_far - p_tier_1 * (lo(hi(so_far, p_tier_1_from), p_tier_2_from) - p_tier_1_from)
                           - p_tier_2 * (hi(so_far, p_tier_2_from) - p_tier_2_from);
            billed1[i] = after - net_before[i];
            spent_year[i] = year_ends ? 0.0 : so_far, net_before[i] = year_ends ? 0.0 : after;
            paid_year[i] += billed1[i], due_year[i] += q_minimum;
            double due_share = i_undelivered[i] + (1.0 - i_undelivered[i]) * lo(i_built_new[i], 1.0);
            double owed = due_year[i] * due_share;
            double shortfall = hi(owed - paid_year[i] - carried[i], 0.0), above = hi(paid_year[i] - owed, 0.0);
            double redeemed = lo(credit[i], above), next = p_make_up * shortfall;
            short1[i] = year_ends ? shortfall - redeemed : 0.0;
            early[t + 1][i] = year_ends ? (last_year ? 0.0 : next) - credit[i] : 0.0;
            carried[i] = year_ends ? p_carry * (above - redeemed) : carried[i];
            credit[i] = year_ends ? next : credit[i];
            paid_year[i] = year_ends ? 0.0 : paid_year[i], due_year[i] = year_ends ? 0.0 : due_year[i];
            double spot = i_on_demand_price[i] * index_now;
            od[i] = bands[2][i] * outside * spot, burst[i] = bands[3][i] * outside * spot * p_burst_multiple;
            cost[i] = (bands[2][i] + bands[3][i]) * outside * p_owner_cost;
            other[i] = (elsewhere[i] + bands[4][i]) * outside * p_other_price * index_now;
            double gone = demand[i] - reached[i];
            revenue[i] = hi(tokens[i] - gone, 0.0) * HOURS / 1e6 * price[i];
            double fixed = i_other_cost[i] * q_other_cost_growth + p_other_cost_share * revenue[i];
            port[i] = (t < (int)p_porting_quarters) * i_porting_cost[i] / p_porting_quarters;
            temp[i] = fixed;
            net[i] = revenue[i] - fixed - port[i] - od[i] - burst[i] - other[i] - billed0[i] - billed1[i] - short1[i];
        }
        /* the lab */
        row paying, rounds, proceeds, sales;
        double without = 0, because = 0;
        SIMD
        FOR {
            double enterprise = 4.0 * revenue[i] * exp(log_multiple[i]);
            double least = p_least_value * enterprise, live = alive[i];
            double v = hi(enterprise - p_debt + cash[i], least);
            double p = hi(v, 1.0) / all[i] * premium[i];
            double pays = live * (due[i] == t) * p_more_usd;
            paying[i] = pays;
            held_more[i] += pays / hi(p, 1e-9), all[i] += pays / hi(p, 1e-9);
            cash[i] += pays + live * net[i];
            without += through[i] ? 0.0 : pays, because += through[i] ? pays : 0.0;
            v = hi(enterprise - p_debt + cash[i], least);
            double burn = -net[i], safe = hi(burn, 1.0);
            double runway = burn > 0.0 ? lo(hi(cash[i] / safe, -12.0), 12.0) : 12.0;
            double chance = regime[i] == 0 ? p_open_cold : regime[i] == 1 ? p_open_normal : p_open_hot;
            double size = lo(p_round_size * hi(burn, 0.0), p_round_limit * v);
            double raised = (runway < p_round_below) & (l_round[i] < chance) ? live * size : 0.0;
            rounds[i] = raised;
            all[i] += raised / (hi(v, 1.0) / all[i] * premium[i]);
            cash[i] += raised;
            value[i] = v + raised;
        }
        SIMD
        FOR {
            double v = value[i];
            double pull = p_value_pull * log(hi(v, 1.0) / p_value_floor) + p_regime_pull * (regime[i] - 1);
            double hazard = 1.0 / (1.0 + exp(-(q_intercept + pull)));
            int live = alive[i], s = state[i];
            int public = live & (s == FILED) & (l_announcement[i] < hazard);
            int retried = live & (s == WITHDRAWN) & (l_retry[i] < p_retry);
            int resolved = live & ((s == ANNOUNCED) | (s == RETRYING)) & (l_resolution[i] < p_resolve);
            int back = resolved & (l_withdrawal[i] < p_withdraw), lists = resolved & !back;
            s = public ? ANNOUNCED : s, s = retried ? RETRYING : s, s = back ? WITHDRAWN : s, s = lists ? LISTED : s;
            state[i] = s;
            double fair = hi(v, 1.0) / all[i], offer = fair * exp(p_book_sd * l_book[i] - p_book_sd * p_book_sd / 2.0);
            double day = hi(i_first_day[i] + p_first_day_sd * l_first_day[i], -0.3);
            double fresh = lists ? p_offer_share * all[i] : 0.0;
            age[i] = lists ? 0 : age[i] >= 0 ? age[i] + 1 : -1;
            double drift = (age[i] >= 1) & (age[i] <= (int)p_drift_quarters) ? p_drift : 1.0;
            double jump = hi(1.0 + p_report_mean + p_report_sd * l_report_size[i], 0.05);
            drift *= (age[i] >= 1) & (age[i] <= 2) & (l_report[i] < p_report_chance) ? jump : 1.0;
            double after = (hi(v, 1.0) + fresh * offer) / (all[i] + fresh);
            premium[i] = lists ? offer / hi(after, 1e-9) * (1.0 + day) : premium[i] * drift;
            all[i] += fresh, proceeds[i] = fresh * offer, cash[i] += proceeds[i], v += proceeds[i];
            double p = hi(v, 1.0) / all[i] * premium[i], volume = p_turnover / 4.0 * all[i];
            double out = (age[i] >= 2 ? p_release_2 : 0.0) + (age[i] >= 3 ? p_release_3 : 0.0) + (age[i] >= 4 ? p_release_4 : 0.0);
            double free = lo(out, 1.0) * (held_paid[i] + held_more[i]) - sold[i];
            double sells = live & (s == LISTED) ? lo(hi(free, 0.0), p_participation * volume) : 0.0;
            sales[i] = sells * p * (1.0 - p_impact * sells / volume);
            sold[i] += sells;
            int open = t <= (int)p_longstop;
            filed_once[i] |= open & (public | retried), stone_once[i] |= open & (l_milestone[i] < i_milestone_chance[i]);
            int called = live & open & (due[i] == NEVER) & (filed_once[i] | stone_once[i]);
            due[i] = called ? t + 1 + (int)p_notice : due[i];
            through[i] = called ? filed_once[i] & !stone_once[i] : through[i];
            double burn = -net[i], safe = hi(burn, 1.0);
            double runway = burn > 0.0 ? lo(hi(cash[i] / safe, -12.0), 12.0) : 12.0;
            double logit = p_hazard_at + p_hazard_slope * (runway - 2.0);
            int fails = live & ((l_default[i] < 1.0 / (1.0 + exp(-logit))) | (cash[i] < 0.0));
            alive[i] = live & !fails, n[i] += live;
            temp[i] = live ? temp[i] : 0.0;
            value[i] = alive[i] ? v : 0.0;
            later[i] = live;
        }
        /* the lines of the quarter */
        double s_cost = 0, s_b0 = 0, s_b1 = 0, s_short = 0, s_od = 0, s_burst = 0, s_other = 0, s_rev = 0, s_port = 0;
        double *restrict o_rev = OUT(lab_revenue, t + 1), *restrict o_cash = OUT(lab_cash, t + 1);
        double *restrict o_value = OUT(lab_value, t + 1);
        SIMD
        FOR {
            double live = later[i];
            s_cost += live * cost[i], s_b0 += live * billed0[i], s_b1 += live * billed1[i], s_short += live * short1[i];
            s_od += live * od[i], s_burst += live * burst[i], s_other += live * other[i], s_rev += live * revenue[i];
            s_port += live * port[i];
            contract[t + 1][i] = live * (billed0[i] + billed1[i] + short1[i] + od[i] + burst[i] - cost[i]);
            early[t + 1][i] *= live;
            equity[t + 1][i] = paying[i], exits[t + 1][i] = sales[i], capex[t + 1][i] = 0.0;
            o_rev[i] = 4.0 * live * revenue[i], o_cash[i] = live * cash[i], o_value[i] = value[i];
        }
        LINE(on_demand_cost, t + 1) += s_cost, LINE(billed_old, t + 1) += s_b0, LINE(billed_new, t + 1) += s_b1;
        LINE(shortfall_new, t + 1) += s_short, LINE(on_demand, t + 1) += s_od, LINE(burst, t + 1) += s_burst;
        LINE(other_clouds, t + 1) += s_other, LINE(revenue, t + 1) += s_rev, LINE(porting, t + 1) += s_port;
        LINE(other_cost, t + 1) += sum(temp), LINE(rounds, t + 1) += sum(rounds);
        LINE(ipo_proceeds, t + 1) += sum(proceeds), LINE(share_sale, t + 1) += sum(sales);
        LINE(more_without, t + 1) += without, LINE(more_because, t + 1) += because;
    }
    /* the fleet, and what follows a default */
    static row books[128];
    memset(books, 0, sizeof books);
    row left, usd, taken, limit;
#define LOT(OLD, old, kw, share_of_minimum)                                                                            \
    {                                                                                                                  \
        int last = (int)p_##old##_quarters - 1;                                                                         \
        double relet_price = 0;                                                                                        \
        (void)relet_price;                                                                                             \
        SIMD                                                                                                           \
        FOR {                                                                                                          \
            double hours = i_built_##old[i] * p_availability * HOURS;                                               \
            double p = i_reference_##old[i] * i_relet_price[i] * p_relet_use;                                     \
            int paid = n[i];                                                                                           \
            int fails = paid < Qn;                                                                                     \
            double minimum = share_of_minimum ? w->q[Q_minimum_after * Qn + (fails ? paid - 1 : Qn - 1)] : 0.0;        \
            double online = FLEET(OLD##_online_after, 0)[paid];                                                        \
            double expected = online * hours * p * index[fails ? paid - 1 : 0][i];                                     \
            double fee = hi(i_termination[i] * minimum - expected, 0.0) * i_recovery[i];                           \
            taken[i] = fails ? fee : 0.0, limit[i] = share_of_minimum ? minimum : 1e300, usd[i] = hours * p;           \
        }                                                                                                              \
        FOR if (n[i] < Qn) {                                                                                           \
            LINE(claim_##old, n[i] + 1) += taken[i];                                                                   \
            contract[n[i] + 1][i] += taken[i];                                                                         \
        }                                                                                                              \
        for (int t = 0; t < Qn; t++) {                                                                                 \
            double s = 0, e = 0, o = 0;                                                                                \
            const double *restrict online = FLEET(OLD##_online, t + 1), *restrict powered = FLEET(OLD##_powered, t + 1);               \
            SIMD                                                                                                       \
            FOR {                                                                                                      \
                int since = t + 1 - n[i];                                                                              \
                double money = since > (int)p_relet_lag ? online[n[i]] * usd[i] * index[t][i] : 0.0;                  \
                money = lo(hi(limit[i] - taken[i], 0.0), money);                                                       \
                taken[i] += money;                                                                                     \
                double size = i_built_##old[i] * HOURS;                                                              \
                double energy = powered[n[i]] * size * kw * p_power_share * p_pue * i_power[i];                    \
                double run = online[n[i]] * size * p_operations;                                                      \
                contract[t + 1][i] += money - energy - run;                                                            \
                s += money, e += energy, o += run;                                                                     \
            }                                                                                                          \
            LINE(relet_##old, t + 1) += s, LINE(energy_##old, t + 1) += e, LINE(operations_##old, t + 1) += o;         \
        }                                                                                                              \
        for (int r = 0; r <= Qn; r++) {                                                                                \
            double c = 0, s = 0;                                                                                       \
            const double *it = FLEET(OLD##_it, r), *site = FLEET(OLD##_site, r);                                       \
            const double *it_life = FLEET(OLD##_it_life, r), *site_life = FLEET(OLD##_site_life, r);                   \
            SIMD                                                                                                       \
            FOR {                                                                                                      \
                double chip_usd = i_chip_usd_##old[i] * i_built_##old[i];                                          \
                double site_usd = p_site_usd * kw * i_built_##old[i];                                               \
                double chips = it[n[i]] * chip_usd, sites = site[n[i]] * site_usd;                                     \
                capex[r][i] -= chips + sites;                                                                          \
                books[r][i] -= it_life[n[i]] * chip_usd / p_it_life + site_life[n[i]] * site_usd / p_site_life;      \
                c += chips, s += sites;                                                                                \
            }                                                                                                          \
            LINE(chips_##old, r) += c, LINE(site_##old, r) += s;                                                       \
        }                                                                                                              \
        const double *bought = FLEET(OLD##_it_left, 0), *standing = FLEET(OLD##_site_left, 0);                         \
        SIMD                                                                                                           \
        FOR {                                                                                                          \
            double chip_usd = i_chip_usd_##old[i] * i_built_##old[i];                                              \
            double site_usd = p_site_usd * kw * i_built_##old[i];                                                   \
            double it_left = hi(bought[n[i]] * chip_usd, 0.0), site_left = hi(standing[n[i]] * site_usd, 0.0);         \
            double moved = exp(p_residual_elasticity * log(hi(index[last][i], 1e-9)));                                \
            left[i] = it_left * i_residual[i] * moved + site_left * i_site_residual[i];                            \
            capex[last + 1][i] += left[i];                                                                             \
            books[last + 1][i] += left[i] - it_left - site_left;                                                       \
        }                                                                                                              \
        LINE(residual_##old, last + 1) += sum(left);                                                                   \
    }
    LOT(OLD, old, p_kw_gpu, 0)
    LOT(NEW, new, p_kw_asic, 1)
    /* positions, in cash and on the books */
    FOR if (n[i] < Qn) {
        double ahead = 0;
        for (int r = 0; r <= Qn; r++) ahead += early[r][i];
        early[n[i] + 1][i] -= ahead;
    }
    row cumulative, accounting, below, books_below, largest, books_largest, flow, margin;
    FOR cumulative[i] = accounting[i] = largest[i] = books_largest[i] = 0, below[i] = books_below[i] = -1;
    for (int pass = 0; pass < 2; pass++) {
        FOR cumulative[i] = accounting[i] = 0, below[i] = books_below[i] = -1;
        for (int r = 0; r <= Qn; r++) {
            double years = r * 0.25, at_contract = pow(1.0 + p_contract_rate, -years);
            double at_capex = pow(1.0 + p_capex_rate, -years), at_equity = pow(1.0 + p_equity_rate, -years);
            double *restrict o_cash = OUT(cumulative, r), *restrict o_books = OUT(accounting, r);
            SIMD
            FOR {
                flow[i] = contract[r][i] * at_contract + capex[r][i] * at_capex + (exits[r][i] - equity[r][i]) * at_equity;
                margin[i] = contract[r][i] - early[r][i] + books[r][i] - equity[r][i];
                cumulative[i] += flow[i], accounting[i] += margin[i];
                largest[i] = hi(largest[i], fabs(flow[i])), books_largest[i] = hi(books_largest[i], fabs(margin[i]));
                o_cash[i] = cumulative[i], o_books[i] = accounting[i];
                below[i] = cumulative[i] < -0.005 - 1e-9 * largest[i] ? r : below[i];
                books_below[i] = accounting[i] < -0.005 - 1e-9 * books_largest[i] ? r : books_below[i];
            }
        }
    }
    double *f_cash = w->figures + at, *f_books = w->figures + w->draws + at, *f_npv = w->figures + 2 * w->draws + at;
    FOR f_cash[i] = below[i] < Qn, f_books[i] = books_below[i] < Qn, f_npv[i] = cumulative[i];
    (void)value_rows, (void)share2;
}

void step(world *w) {
    for (int at = 0; at < w->draws; at += W) tile(w, at);
}
